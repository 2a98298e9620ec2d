using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime.Backplane;

internal sealed partial class LocalFirstLifetimeManager<THub> : IEventPushes
    where THub : Hub
{
    public void Push(IReadOnlyList<string> groups, IReadOnlyList<PushedEvent> events)
    {
        if (_others is null && !IsAnybodyHere(groups)) return;
        for (var next = 0; next < events.Count;)
        {
            var encoded = EncodedEvents.Encode(_protocol, groups, events, next, out next);
            // Made when the first one wants it: in a chat of two, each gets only what the other wrote.
            var all = _others is null ? null : encoded.ForAll();
            foreach (var group in groups)
            {
                if (_groups.Find(group) is not { } local) continue;
                foreach (var member in local.Members)
                {
                    if (encoded.HasExceptions && encoded.IsExcepted(member.ConnectionId))
                    {
                        if (encoded.Without(member.ConnectionId) is { } some) member.Post(some);
                        continue;
                    }
                    member.Post(all ??= encoded.ForAll());
                }
            }
            if (all is not null) _others?.Send(all.Entry);
        }
    }

    private bool IsAnybodyHere(IReadOnlyList<string> groups)
    {
        foreach (var group in groups)
            if (_groups.Find(group) is not null) return true;
        return false;
    }
}
