using Chat.Data.Chats;
using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Typing;

/// <summary>Passes on that somebody is typing, or recording. Never stored; a lost one is no loss.</summary>
public sealed class TypingService(RosterCache rosters, IRightsReader rights, IHubContext<ChatHub, IChatClient> hub, ILogger<TypingService> logger)
{
    /// <summary>In larger chats somebody always types, and nobody wants to know.</summary>
    private const int MaxMembers = 100;

    /// <exception cref="ChatException"><c>not_found</c> when the caller is not in the chat.</exception>
    public Task<SetTypingResult> SetAsync(long userId, string connectionId, SetTypingRequest request) =>
        rosters.UseAsync(request.ChatId, roster =>
        {
            if (roster is { IsChannel: true }) return UnheardAsync(userId, request.ChatId);
            if (roster is null || !roster.Has(userId)) throw ChatException.ChatNotFound();
            var heard = roster.Members.Count is > 1 and <= MaxMembers;
            // Whoever is blocked is told that it is heard, and learns nothing.
            if (heard && !roster.IsBlocked) Push(roster, userId, connectionId, request);
            return Task.FromResult(new SetTypingResult(request.ChatId, heard));
        });

    /// <summary>Whoever writes in a channel is not watched at it.</summary>
    private async Task<SetTypingResult> UnheardAsync(long userId, long chatId) =>
        await rights.FindAsync(chatId, userId, CancellationToken.None) is null ? throw ChatException.ChatNotFound() : new SetTypingResult(chatId, false);

    private void Push(Roster roster, long userId, string connectionId, SetTypingRequest request)
    {
        var changed = new TypingChangedEvent(roster.ChatId, userId, request.Typing, request.Kind ?? TypingKinds.Text);
        if (!roster.IsDirect)
        {
            hub.Clients.GroupExcept(GroupNames.Chat(roster.ChatId), [connectionId]).TypingChanged(changed).Forget(logger);
            return;
        }
        foreach (var other in roster.Members.Keys.Where(id => id != userId))
            hub.Clients.Group(GroupNames.User(other)).TypingChanged(changed).Forget(logger);
    }
}
