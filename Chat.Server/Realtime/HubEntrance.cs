using Chat.Server.Features.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>
/// Lets a WebSocket in. A middleware around the hub's endpoint waits, and keeps what it made, for as long as the socket is open; the token, the
/// services of the request and the result of the check are kept with it: a seventh of all that an idle connection holds. So who may come in is
/// decided first, by the framework's own middleware, on a context that is thrown away; then the endpoint is called.
/// </summary>
/// <param name="check">Authentication and authorization, ending with <see cref="Allow"/>.</param>
internal sealed class HubEntrance(RequestDelegate check, ConnectionAdmission admission, IServiceScopeFactory scopes)
{
    private static readonly object AllowedKey = new();

    /// <summary>Whether the request is one for <see cref="EnterAsync"/>.</summary>
    public static bool IsFor(HttpContext context) =>
        HubRequests.OpensSocket(context) && context.GetEndpoint() is { RequestDelegate: not null } endpoint && endpoint.Metadata.GetMetadata<HubMetadata>() is not null;

    /// <summary>The end of the check: nothing before it has refused.</summary>
    public static Task Allow(HttpContext context)
    {
        context.Items[AllowedKey] = AllowedKey;
        return Task.CompletedTask;
    }

    /// <summary>The request has become a connection, which knows all that it needs of it.</summary>
    public static void Forget(HttpContext? context) => context?.Features.Set<IAuthenticateResultFeature>(null);

    public async Task EnterAsync(HttpContext context)
    {
        using var ticket = await admission.EnterAsync(context);
        // The answer to whoever is refused has been written.
        if (!await IsAllowedAsync(context)) return;
        await context.GetEndpoint()!.RequestDelegate!(context);
    }

    private async Task<bool> IsAllowedAsync(HttpContext context)
    {
        await using var scope = scopes.CreateAsyncScope();
        // Reads through to the request, and keeps for itself what is put into it.
        var features = new FeatureCollection(context.Features);
        features.Set<IServiceProvidersFeature>(new ServiceProvidersFeature { RequestServices = scope.ServiceProvider });
        var passing = new DefaultHttpContext(features);
        await check(passing);
        if (!passing.Items.ContainsKey(AllowedKey)) return false;

        context.User = CallerClaims.Create(passing.User.UserId(), passing.User.SessionId(), passing.User.Identity!.AuthenticationType!);
        // Until the connection has taken from it when the token ends.
        context.Features.Set<IAuthenticateResultFeature>(new Authenticated { AuthenticateResult = features.Get<IAuthenticateResultFeature>()?.AuthenticateResult });
        AccessTokens.RemoveFrom(context.Request);
        return true;
    }

    private sealed class Authenticated : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
