using Chat.Data.Chats;
using Chat.Data.Media;
using Chat.Data.Messages;
using Chat.Data.Polls;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <summary>What a message is to hold, ready to be stored.</summary>
/// <param name="Quoted">See <see cref="NewMessage.Quoted"/>.</param>
internal sealed record MessageContent(string Type, string? Text, MessageBody Body, QuotedHead? Quoted = null)
{
    /// <summary>As a message of a chat; whom it names there, its roster tells.</summary>
    public NewMessage For(Roster roster, long senderId, Guid clientMessageId, string? origin)
    {
        var peerWhoBlocks = roster.PeerWhoBlocks(senderId);
        IReadOnlyList<long> mentions = Body.Mentions is null || peerWhoBlocks is not null ? []
            : [.. Body.Mentions.Distinct().Where(userId => userId != senderId && roster.Has(userId))];
        var body = Body.Mentions is null ? Body : Body with { Mentions = mentions.Count > 0 ? mentions : null };
        var message = new NewMessage(roster, senderId, clientMessageId, Text, origin) { Type = Type, Body = body.Write(), Quoted = Quoted };
        if (mentions.Count > 0 || body.Media is not null)
            message = message with
            {
                Beside =
                [
                    .. body.Media is { } media ? [new SideRow(SideTable.Media, media.MediaId)] : Array.Empty<SideRow>(),
                    .. mentions.Select(userId => new SideRow(SideTable.Mentions, userId)),
                ],
            };
        if (roster.IsChannel) return message.AsPost(roster.IsSigned ? roster.Members[senderId].Name : null);
        return peerWhoBlocks is { } peerId ? message.WithheldFrom(peerId) : message;
    }
}

/// <summary>From a request to what is stored, with what it refers to looked up: only what the sender may see.</summary>
internal sealed class MessageContentReader(IMessageReferences references)
{
    /// <summary>Whether a message must be looked up for, and so is not simply its request.</summary>
    public static bool NeedsLookUp(SendMessageRequest request) => request.ReplyTo is not null || request.MediaId is not null;

    /// <summary>Of a request that needs no look-up.</summary>
    public static MessageContent Read(SendMessageRequest request)
    {
        if (request.TypeOfContent == MessageTypes.Text && request.Mentions is null)
            return new MessageContent(request.TypeOfContent, request.Text, MessageBody.Empty);
        return new MessageContent(request.TypeOfContent, request.Text, new MessageBody
        {
            Mentions = request.Mentions,
            Location = request.Location is { } place
                ? new LocationBody(place.Latitude, place.Longitude, place.AccuracyMeters, place.Name, place.Address)
                : null,
            Poll = request.Poll is { } poll
                ? new PollBody(poll.Question, [.. poll.Options.Select(text => new PollOption(text))], poll.Multiple, poll.Anonymous, poll.ClosesAt?.ToUniversalTime())
                : null,
            Contact = request.Contact is { } card ? new ContactBody(card.Name, card.PhoneNumber, card.UserId) : null,
        });
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>.</exception>
    public async Task<MessageContent> LookUpAsync(long senderId, SendMessageRequest request, CancellationToken cancellationToken)
    {
        var content = Read(request);
        if (request.MediaId is { } mediaId) content = await WithMediaAsync(content, senderId, mediaId, request.Type, cancellationToken);
        return request.ReplyTo is { } replyTo
            ? await WithReplyAsync(content, request.ChatId, senderId, replyTo, cancellationToken)
            : content;
    }

    private async Task<MessageContent> WithReplyAsync(
        MessageContent content, long chatId, long senderId, long replyTo, CancellationToken cancellationToken)
    {
        var original = await references.FindOriginalAsync(chatId, senderId, replyTo, cancellationToken)
            ?? throw ChatException.NotFound("the message that this answers");
        if (original.IsDeleted || original.Head.Type == MessageTypes.System) throw ChatException.Invalid("replyTo", "is a message that nobody can answer");
        return content with { Body = content.Body with { ReplyTo = replyTo }, Quoted = original.SeenByAll ? original.Head : null };
    }

    private async Task<MessageContent> WithMediaAsync(
        MessageContent content, long senderId, long mediaId, string? type, CancellationToken cancellationToken)
    {
        var row = await HoldAsync(senderId, mediaId, type, cancellationToken);
        return content with { Type = row.MediaType, Body = content.Body with { Media = BodyOf(row) } };
    }

    /// <summary>A file that the sender may see, kept for long enough to store a message that holds it.</summary>
    /// <exception cref="ChatException"><c>not_found</c>; <c>invalid</c>: it is of another type.</exception>
    public async Task<MediaBody> HoldFileAsync(long senderId, long mediaId, string? type, CancellationToken cancellationToken) =>
        BodyOf(await HoldAsync(senderId, mediaId, type, cancellationToken));

    private async Task<MediaRow> HoldAsync(long senderId, long mediaId, string? type, CancellationToken cancellationToken)
    {
        var row = (await references.HoldMediaAsync(senderId, [mediaId], cancellationToken)).SingleOrDefault() ?? throw ChatException.NotFound("this file");
        if (type is not null && type != row.MediaType) throw ChatException.Invalid("type", $"this file was uploaded as {row.MediaType}");
        return row;
    }

    private static MediaBody BodyOf(MediaRow row) => new(
        row.MediaId, row.ContentType, row.ByteSize, row.FileName, row.Width, row.Height, row.DurationMs, row.ThumbnailKey is not null);
}
