namespace Chat.Server.Features.Accounts;

/// <summary>Where a request to the hub has its access token, beside the header that the framework reads.</summary>
internal static class AccessTokens
{
    /// <summary>Browsers cannot set headers on a WebSocket.</summary>
    private const string Parameter = "access_token";

    /// <returns>Null when it has none.</returns>
    public static string? InQuery(HttpRequest request) =>
        request.Path.StartsWithSegments("/hub") && request.Query[Parameter] is [{ Length: > 0 } token] ? token : null;

    /// <summary>Once it has been read: a socket's request lasts for hours.</summary>
    public static void RemoveFrom(HttpRequest request)
    {
        request.Headers.Authorization = default;
        if (request.Query.ContainsKey(Parameter)) request.QueryString = QueryString.Create(request.Query.Where(p => p.Key != Parameter));
    }
}
