using System.Buffers.Binary;
using System.Security.Cryptography;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <summary>Forwards messages. Each goes into its chat as a send of its own, by the same rules and through the same append lanes.</summary>
public sealed class ForwardMessagesService(IMessageReferences references, SendMessageService sending, TimeProvider time)
{
    private static readonly IReadOnlyList<string> ForwardableTypes =
        [MessageTypes.Text, .. NewMessage.MediaTypes, MessageTypes.Location, MessageTypes.Contact, MessageTypes.Poll];

    /// <exception cref="ChatException">
    /// <c>not_found</c> when the caller is not in the chat that they come from, or does not see one of the messages; <c>invalid</c> for one that
    /// cannot be forwarded; <c>unavailable</c>.
    /// </exception>
    public async Task<ForwardMessagesResult> ForwardAsync(long userId, ForwardMessagesRequest request, CancellationToken cancellationToken)
    {
        var messageIds = request.MessageIds.Distinct().ToList();
        var chatIds = request.ToChatIds.Distinct().ToList();
        var source = await references.FindForwardsAsync(request.FromChatId, userId, messageIds, cancellationToken) ?? throw ChatException.ChatNotFound();
        var contents = await ReadAsync(userId, source, cancellationToken);
        var missing = messageIds.Where(messageId => !contents.ContainsKey(messageId)).ToList();
        var stored = missing.Count > 0 ? await FindStoredAsync(userId, request, missing, chatIds, cancellationToken) : new Dictionary<SentKey, AppendResult>();

        return new ForwardMessagesResult(await Task.WhenAll(chatIds.Select(chatId => ForwardAsync(userId, request, chatId, messageIds, contents, stored))));
    }

    /// <summary>What the messages hold, by their ids; those that are gone are left out.</summary>
    private async Task<Dictionary<long, MessageContent>> ReadAsync(long userId, ForwardSource source, CancellationToken cancellationToken)
    {
        var rows = source.Messages.Where(row => row.DeletedAt is null).Select(row => (Row: row, Body: MessageBody.Read(BodyOf(row)) ?? MessageBody.Empty)).ToList();
        var mediaIds = rows.Select(message => message.Body.Media?.MediaId).OfType<long>().Distinct().ToList();
        // Whoever sees the message sees its file; it is not there any more when the message was deleted a moment ago.
        var held = mediaIds.Count == 0 ? [] : (await references.HoldMediaAsync(userId, mediaIds, cancellationToken)).Select(row => row.MediaId).ToHashSet();
        return rows.Where(message => message.Body.Media is not { } media || held.Contains(media.MediaId)).ToDictionary(
            message => message.Row.MessageId,
            message => new MessageContent(message.Row.MessageType, message.Row.MessageText, new MessageBody
            {
                Forwarded = message.Body.Forwarded ?? source.OriginOf(message.Row),
                Media = message.Body.Media,
                Location = message.Body.Location,
                Contact = message.Body.Contact,
                // Its votes belong to the chat that they were given in.
                Poll = message.Body.Poll?.Fresh(time.GetUtcNow().UtcDateTime),
            }));
    }

    private static string? BodyOf(MessageRow row) => ForwardableTypes.Contains(row.MessageType)
        ? row.Body
        : throw ChatException.Invalid("messageIds", "one of them is a message that nobody can forward");

    /// <summary>What an earlier call of this name stored of messages that are gone by now.</summary>
    /// <exception cref="ChatException"><c>not_found</c> when that is nothing.</exception>
    private async Task<IReadOnlyDictionary<SentKey, AppendResult>> FindStoredAsync(
        long userId, ForwardMessagesRequest request, List<long> missing, List<long> chatIds, CancellationToken cancellationToken)
    {
        var keys = missing.SelectMany(messageId => chatIds, (messageId, chatId) => KeyOf(request, chatId, messageId)).ToList();
        var stored = await references.FindSentAsync(userId, keys, cancellationToken);
        return missing.All(messageId => chatIds.Any(chatId => stored.ContainsKey(KeyOf(request, chatId, messageId))))
            ? stored
            : throw ChatException.NotFound("one of these messages");
    }

    private async Task<ForwardedIntoView> ForwardAsync(
        long userId, ForwardMessagesRequest request, long chatId, List<long> messageIds,
        Dictionary<long, MessageContent> contents, IReadOnlyDictionary<SentKey, AppendResult> stored)
    {
        // All are handed on before the first is waited for: the lanes store them together, in this order.
        var sends = messageIds.ConvertAll(messageId => SendAsync(userId, KeyOf(request, chatId, messageId), contents.GetValueOrDefault(messageId), stored));
        var results = await Task.WhenAll(sends);
        return new ForwardedIntoView(
            chatId,
            [.. results.Where(result => result.Refusal is null).Select(result => result.Sent!)],
            [.. messageIds.Where((_, i) => results[i].Refusal is not null)],
            results.FirstOrDefault(result => result.Refusal is not null).Refusal?.WireText);
    }

    private async Task<(SendMessageResult? Sent, ChatException? Refusal)> SendAsync(
        long userId, SentKey key, MessageContent? content, IReadOnlyDictionary<SentKey, AppendResult> stored)
    {
        if (content is null)
            return stored.TryGetValue(key, out var before) ? (SendMessageService.ResultOf(key.ChatId, before), null) : (null, ChatException.NotFound("this message"));
        try
        {
            return (await sending.SendAsync(userId, key.ChatId, key.ClientMessageId, content), null);
        }
        catch (ChatException refusal) when (refusal.Code != ErrorCodes.Unavailable)
        {
            return (null, refusal);
        }
    }

    /// <summary>A message's name in a chat: the same for every repeat of the call.</summary>
    private static SentKey KeyOf(ForwardMessagesRequest request, long chatId, long messageId)
    {
        Span<byte> names = stackalloc byte[32];
        request.ClientForwardId.TryWriteBytes(names, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(names[16..], chatId);
        BinaryPrimitives.WriteInt64BigEndian(names[24..], messageId);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(names, hash);
        // As RFC 9562 wants them to be that are made in one's own way: version 8.
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return new SentKey(chatId, new Guid(hash[..16], bigEndian: true));
    }
}
