using System.Net;
using System.Text.Json.Nodes;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Flows;

/// <summary>
/// Nobody reads, writes, or learns of a chat that they are not in: whoever asks for one hears the same as for a chat that
/// does not exist. Over the whole surface, by reflection.
/// </summary>
[TestFixture]
public sealed class StrangersLearnNothing : ServerFixture
{
    private const long NoSuchChat = 987_654_321;

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _stranger = null!;
    private TestClient _former = null!;
    private long _direct;
    private long _group;
    private long _channel;

    [OneTimeSetUp]
    public async Task MakeChats()
    {
        _ann = await RegisterAsync("Ann");
        _bob = await RegisterAsync("Bob");
        _stranger = await RegisterAsync("Stranger");
        _former = await RegisterAsync("Former member");
        _direct = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.SendAsync(_direct, "for Bob");
        _group = (await _ann.CreateGroupAsync("Family", _bob, _former)).ChatId;
        await _former.SendAsync(_group, "from one who will be gone");
        await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(_group, _former.UserId));
        _channel = (await _ann.CallAsync<ChatView>("CreateChannel", new CreateChannelRequest(Guid.NewGuid(), "Private"))).ChatId;
        await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(_channel, [_bob.UserId, _former.UserId]));
        await _ann.SendAsync(_channel, "for Bob");
        await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(_channel, _former.UserId));
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        foreach (var client in new[] { _ann, _bob, _stranger, _former }) await client.DisposeAsync();
    }

    public static IEnumerable<HubMethod> MethodsWithChatId => HubSurface.MethodsWithChatId;

    [TestCaseSource(nameof(MethodsWithChatId))]
    public async Task Every_hub_method_answers_a_stranger_as_if_the_chat_did_not_exist(HubMethod method)
    {
        var before = await Database.PictureAsync();

        var noSuchChat = await AnswerAsync(_stranger, method, NoSuchChat);
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(noSuchChat, Does.StartWith("not_found: ").Or.StartWith("forbidden: "));
            Assert.That(await AnswerAsync(_stranger, method, _direct), Is.EqualTo(noSuchChat), "a direct chat of others");
            Assert.That(await AnswerAsync(_stranger, method, _group), Is.EqualTo(noSuchChat), "a group of others");
            Assert.That(await AnswerAsync(_former, method, _group), Is.EqualTo(noSuchChat), "a group that one was removed from");
            Assert.That(await AnswerAsync(_stranger, method, _channel), Is.EqualTo(noSuchChat), "a private channel of others");
            Assert.That(await AnswerAsync(_former, method, _channel), Is.EqualTo(noSuchChat), "a channel that one was removed from");
        });

        Assert.That(await Database.PictureAsync(), Is.EqualTo(before), "something was written");
    }

    [Test]
    public void The_scan_of_the_hub_finds_its_methods() =>
        Assert.That(MethodsWithChatId.Select(m => m.Name), Is.SupersetOf(new[] { "GetChat", "SendMessage", "ListMessages", "MarkRead", "AddMembers" }));

    [Test]
    public async Task Every_endpoint_answers_a_stranger_as_if_the_chat_did_not_exist()
    {
        var endpoints = Server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        Assert.That(endpoints.SelectMany(e => e.RoutePattern.Parameters).Select(p => p.Name), Does.Contain("sessionId"), "the scan sees routes");

        using var http = Server.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", _stranger.Account.AccessToken);
        foreach (var endpoint in endpoints.Where(e => e.RoutePattern.Parameters.Any(p => p.Name is "chatId")))
            foreach (var verb in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var before = await Database.PictureAsync();
                var noSuchChat = await AnswerAsync(http, endpoint, verb, NoSuchChat);
                Assert.That(noSuchChat.Status, Is.EqualTo(HttpStatusCode.NotFound).Or.EqualTo(HttpStatusCode.Forbidden), $"{verb} {endpoint.RoutePattern.RawText}");
                Assert.That(await AnswerAsync(http, endpoint, verb, _direct), Is.EqualTo(noSuchChat), $"{verb} {endpoint.RoutePattern.RawText}");
                Assert.That(await AnswerAsync(http, endpoint, verb, _group), Is.EqualTo(noSuchChat), $"{verb} {endpoint.RoutePattern.RawText}");
                Assert.That(await Database.PictureAsync(), Is.EqualTo(before), $"{verb} {endpoint.RoutePattern.RawText} wrote something");
            }
    }

    [Test]
    public async Task A_strangers_chat_list_does_not_hold_it()
    {
        var chats = await _stranger.ListChatsAsync();
        Assert.That(chats.Chats.Select(c => c.ChatId), Has.None.EqualTo(_direct).And.None.EqualTo(_group).And.None.EqualTo(_channel));
        var formers = await _former.ListChatsAsync();
        Assert.That(formers.Chats.Select(c => c.ChatId), Has.None.EqualTo(_group));
    }

    [Test]
    public async Task A_stranger_is_not_rung_up()
    {
        await _ann.SendAsync(_direct, "ring");
        await _ann.SendAsync(_group, "ring");
        await _bob.MarkReadAsync(_direct, 1);
        await _bob.Messages.WaitForAsync(m => m.ChatId == _group && m.Text == "ring");
        await _ann.Receipts.WaitForAsync(r => r.ChatId == _direct);

        // A message to the stranger goes the same way, after those: once it is there, whatever was pushed before is there too.
        var own = await _bob.OpenDirectChatAsync(_stranger);
        await _bob.SendAsync(own.ChatId, "for the stranger");
        await _stranger.Messages.WaitForAsync(m => m.ChatId == own.ChatId);
        Assert.That(_stranger.Messages.All.Select(m => m.ChatId), Is.All.EqualTo(own.ChatId));
        Assert.That(_stranger.Receipts.All, Is.Empty);
        Assert.That(_former.Messages.All.Select(m => m.Text), Has.None.EqualTo("ring"));
    }

    private async Task<string> AnswerAsync(TestClient caller, HubMethod method, long chatId) =>
        await caller.RefusalAsync(method.Name, HubSurface.ValidRequest(method, chatId, _bob.UserId));

    private async Task<(HttpStatusCode Status, string? Detail)> AnswerAsync(HttpClient http, RouteEndpoint endpoint, string verb, long chatId)
    {
        var path = string.Concat(endpoint.RoutePattern.PathSegments.Select(segment => "/" + string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "chatId" } => chatId.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "userId" } => _bob.UserId.ToString(),
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: var name } when name.EndsWith("Id", StringComparison.Ordinal) => "1",
            _ => throw new NotSupportedException($"{endpoint.RoutePattern.RawText}: say here what stands for this part of the route."),
        }))));
        using var response = await http.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, (string?)problem?["detail"]);
    }
}
