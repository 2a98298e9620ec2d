using Chat.Data.Chats;
using Chat.Server.Features.Privacy;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Receipts;

/// <summary>
/// Whether people of a chat see each other's read marks: in a direct chat when both have read receipts on, in groups always. Marks are stored
/// all the same, since everybody's own unread messages go by them.
/// </summary>
public sealed class ReadMarkPrivacy(RosterCache rosters, PrivacyCache cache)
{
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<bool> AreSharedAsync(long chatId, CancellationToken cancellationToken) =>
        await rosters.GetAsync(chatId) is not { } roster || await AreSharedAsync(roster, cancellationToken);

    /// <exception cref="Chat.Data.DataUnavailableException"/>
    public async ValueTask<bool> AreSharedAsync(Roster roster, CancellationToken cancellationToken)
    {
        if (!roster.IsDirect || roster.Members.Count < 2) return true;
        var people = await cache.GetAsync(roster.Members.Keys, cancellationToken);
        return people.Values.All(person => person.ReadReceipts);
    }
}
