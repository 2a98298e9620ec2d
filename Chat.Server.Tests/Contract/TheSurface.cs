using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Server.Features.Contract;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Contract;

/// <summary>What clients see does not change by accident: hub, events, types, error codes, endpoints stand in checked-in files.</summary>
[TestFixture]
public sealed class TheSurface : ServerFixture
{
    [Test]
    public Task The_hub_is_as_the_snapshot_says() =>
        Repository.MustMatchAsync("docs/contract.json", ContractSetup.ToJson(), "run eng/contract.sh");

    [Test]
    public Task The_web_clients_types_are_fresh() =>
        Repository.MustMatchAsync(
            "Chat.Web/src/client/contract.ts", TypeScriptContract.Write(ContractDescription.Current), "run eng/contract.sh");

    [Test]
    public async Task The_endpoints_are_as_the_snapshot_says()
    {
        using var http = Server.Http();
        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!.AsObject();
        // The address of this very test server.
        document.Remove("servers");
        var text = document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
        await Repository.MustMatchAsync("docs/openapi.json", text, Repository.UpdateCommand(nameof(TheSurface)));
    }

    [Test]
    public async Task The_server_offers_its_contract()
    {
        using var http = Server.Http();
        Assert.That(await http.GetStringAsync("/api/contract"), Is.EqualTo(ContractSetup.ToJson()));
    }

    [Test]
    public void Every_type_of_the_contract_has_generated_json()
    {
        var missing = typeof(ChatHub).GetMethods()
            .Where(m => m.DeclaringType == typeof(ChatHub) && m.GetParameters() is [{ ParameterType.Namespace: "Chat.Server.Hubs.Contract" }])
            .SelectMany(m => new[] { m.GetParameters()[0].ParameterType, m.ReturnType.GetGenericArguments()[0] })
            .Concat(typeof(IChatClient).GetMethods().Select(m => m.GetParameters()[0].ParameterType))
            .Where(type => ContractJson.Default.GetTypeInfo(type) is null);
        Assert.That(missing, Is.Empty);
    }
}
