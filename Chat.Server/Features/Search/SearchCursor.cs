using System.Buffers.Text;
using System.Text;
using Chat.Data.Search;
using Chat.Server.Errors;

namespace Chat.Server.Features.Search;

/// <summary>Where a page of hits ended, as an opaque text: base64url of <c>ticks:chatId:messageId</c>.</summary>
internal static class SearchCursor
{
    public static string Write(SearchPosition position) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{position.SentAt.Ticks}:{position.ChatId}:{position.MessageId}"));

    /// <exception cref="ChatException"><c>invalid</c>: no cursor of ours.</exception>
    public static SearchPosition Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[80];
        if (cursor.Length <= 100 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.ASCII.GetString(bytes[..length]).Split(':') is [var ticksText, var chatText, var messageText]
            && long.TryParse(ticksText, out var ticks) && ticks is >= 0 and <= 3_155_378_975_999_999_999
            && long.TryParse(chatText, out var chatId) && long.TryParse(messageText, out var messageId))
            return new SearchPosition(new DateTime(ticks, DateTimeKind.Utc), chatId, messageId);
        throw ChatException.Invalid("cursor", "is not one that SearchMessages returned");
    }
}
