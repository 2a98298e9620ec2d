using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs.Filters;

/// <summary>Checks the request of a call before its method runs.</summary>
internal static class CallValidation
{
    /// <exception cref="ChatException"><c>invalid</c> or <c>too_large</c>, naming the field.</exception>
    public static void Check(object? request)
    {
        if (request is null) throw ChatException.Invalid("request", "is required");
        (request as IHubRequest)?.Validate();
    }
}
