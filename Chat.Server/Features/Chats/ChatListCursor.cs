using System.Buffers.Text;
using System.Text;
using Chat.Data.Chats;
using Chat.Server.Errors;

namespace Chat.Server.Features.Chats;

/// <summary>Where a page of the chat list ended, as an opaque text: base64url of <c>ticks:chatId</c>.</summary>
internal static class ChatListCursor
{
    public static string Write(ChatListPosition position) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{position.LastActivityAt.Ticks}:{position.ChatId}"));

    /// <exception cref="ChatException"><c>invalid</c>: no cursor of ours.</exception>
    public static ChatListPosition Read(string cursor)
    {
        Span<byte> bytes = stackalloc byte[80];
        if (cursor.Length <= 100 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.ASCII.GetString(bytes[..length]).Split(':') is [var ticksText, var chatText]
            && long.TryParse(ticksText, out var ticks) && ticks is >= 0 and <= 3_155_378_975_999_999_999
            && long.TryParse(chatText, out var chatId))
            return new ChatListPosition(new DateTime(ticks, DateTimeKind.Utc), chatId);
        throw ChatException.Invalid("cursor", "is not one that ListChats returned");
    }
}
