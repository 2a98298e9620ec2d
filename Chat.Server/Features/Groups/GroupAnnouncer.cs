using Chat.Data.Chats;
using Chat.Server.Features.Chats;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Groups;

/// <summary>Tells everybody in a group what it looks like now.</summary>
public sealed class GroupAnnouncer(IChatHeadReader heads, ChatNotifier notifier)
{
    /// <param name="memberId">Somebody who is in it.</param>
    public async Task AnnounceAsync(long chatId, long memberId)
    {
        if (await heads.FindAsync(chatId, memberId, CancellationToken.None) is { } head)
            notifier.Updated(new ChatUpdatedEvent(chatId, head.ChatType, head.ChatName, (int)head.MemberCount));
    }
}
