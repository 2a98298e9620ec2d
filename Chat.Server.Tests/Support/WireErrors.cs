using Chat.Server.Errors;

namespace Chat.Server.Tests.Support;

internal static class WireErrors
{
    /// <summary>Whether an error is of the contract: <c>code: text</c> with a code that we know, and a text.</summary>
    public static bool IsOfTheContract(string error) =>
        ErrorCodes.All.Any(code => error.StartsWith(code.Code + ": ", StringComparison.Ordinal) && error.Length > code.Code.Length + 2);

    public static string CodeOf(string error) => error[..error.IndexOf(':', StringComparison.Ordinal)];
}
