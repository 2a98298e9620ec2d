using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime.Outputs;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>
/// Lets calls that answer with a page wait for their turn, so that a client that asks for many and reads none does not fill the memory.
/// Other calls go on at once.
/// </summary>
internal static class CallPages
{
    public static ValueTask<PageTurn> TakeTurnAsync(HubInvocationContext invocation) =>
        invocation.HubMethodArguments is [IPageRequest] && invocation.Context.Features.Get<ClientOutput>() is { } output
            ? output.TakePageTurnAsync(invocation.Context.ConnectionAborted)
            : default;
}
