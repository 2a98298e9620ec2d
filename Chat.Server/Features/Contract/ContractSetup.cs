using System.Text.Json;

namespace Chat.Server.Features.Contract;

/// <summary>Offers the contract: over HTTP, and to <c>eng/contract.sh</c>, which writes the files that are checked in.</summary>
internal static class ContractSetup
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string ToJson() => JsonSerializer.Serialize(ContractDescription.Current, Json).ReplaceLineEndings("\n") + "\n";

    public static void MapContract(this WebApplication app) =>
        app.MapGet("/api/contract", () => TypedResults.Text(ToJson(), "application/json")).ExcludeFromDescription();

    /// <summary><c>contract json</c> or <c>contract typescript</c>: prints it and is done.</summary>
    /// <returns>False when the arguments ask for something else.</returns>
    public static bool TryPrint(string[] args)
    {
        if (args is not ["contract", var format]) return false;
        Console.Out.Write(format is "typescript" ? TypeScriptContract.Write(ContractDescription.Current) : ToJson());
        return true;
    }
}
