using Chat.Data.Chats;
using Chat.Server.Features.Chats;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Groups;

/// <summary>
/// Tells people what their group or channel looks like now. Who comes and goes in a channel, and who runs it, is told to those who run it and
/// those concerned: its readers would all come and ask for what is nothing to them.
/// </summary>
public sealed class GroupAnnouncer(IChatHeadReader heads, RosterCache rosters, ChatNotifier notifier)
{
    /// <summary>Title, description, picture, what everybody may do: everybody hears it.</summary>
    /// <param name="memberId">Somebody who is in it.</param>
    public async Task AnnounceAsync(long chatId, long memberId)
    {
        if (await ReadAsync(chatId, memberId) is { } update) notifier.Updated(update);
    }

    /// <summary>Somebody came, went, or has another role.</summary>
    /// <param name="memberId">Somebody who is in it.</param>
    /// <param name="concerned">Who that is.</param>
    public async Task AnnounceMembersAsync(long chatId, long memberId, IReadOnlyList<long> concerned)
    {
        if (await ReadAsync(chatId, memberId) is not { } update) return;
        if (update.Type != ChatTypes.Channel) notifier.Updated(update);
        else if (await rosters.GetAsync(chatId) is { } roster) notifier.Updated(update, roster.Members.Keys.Union(concerned));
    }

    /// <summary>Somebody subscribed to a channel, and hears it on all devices.</summary>
    public async Task AnnounceToReaderAsync(long chatId, long userId)
    {
        if (await ReadAsync(chatId, userId) is { } update) notifier.Updated(update, [userId]);
    }

    private async Task<ChatUpdatedEvent?> ReadAsync(long chatId, long memberId) =>
        await heads.FindAsync(chatId, memberId, CancellationToken.None) is { } head
            ? new ChatUpdatedEvent(chatId, head.ChatType, head.ChatName, (int)head.MemberCount, head.PictureMediaId)
            : null;
}
