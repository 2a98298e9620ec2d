using System.Buffers.Text;
using System.Text;
using Chat.Data.Notifications;
using Chat.Server.Errors;

namespace Chat.Server.Features.Notifications;

/// <summary>Where a page of notifications ended, as an opaque text: base64url of <c>ticks:chatId:kind:subjectId</c>.</summary>
internal static class NotificationCursor
{
    public static string Write(UnreadNotificationRow last) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{last.RaisedAt.Ticks}:{last.ChatId}:{last.Kind}:{last.SubjectId}"));

    /// <exception cref="ChatException"><c>invalid</c>: no cursor of ours.</exception>
    public static NotificationPosition Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[80];
        if (cursor.Length <= 100 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.ASCII.GetString(bytes[..length]).Split(':') is [var ticksText, var chatText, var kind, var subjectText]
            && long.TryParse(ticksText, out var ticks) && ticks is >= 0 and <= 3_155_378_975_999_999_999
            && long.TryParse(chatText, out var chatId) && long.TryParse(subjectText, out var subjectId))
            return new NotificationPosition(new DateTime(ticks, DateTimeKind.Utc), chatId, kind, subjectId);
        throw ChatException.Invalid("cursor", "is not one that ListNotifications returned");
    }
}
