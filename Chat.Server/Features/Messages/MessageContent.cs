using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <summary>What a message is to hold, ready to be stored.</summary>
/// <param name="Quoted">See <see cref="NewMessage.Quoted"/>.</param>
internal sealed record MessageContent(string Type, string? Text, MessageBody Body, QuotedHead? Quoted = null)
{
    public NewMessage For(Roster roster, long senderId, Guid clientMessageId, string? origin) =>
        new(roster, senderId, clientMessageId, Text, origin) { Type = Type, Body = Body.Write(), Quoted = Quoted };
}

/// <summary>From a request to what is stored, with what it refers to looked up: only what the sender may see.</summary>
internal sealed class MessageContentReader(IMessageReferences references)
{
    /// <summary>Whether a message must be looked up for, and so is not simply its request.</summary>
    public static bool NeedsLookUp(SendMessageRequest request) => request.ReplyTo is not null;

    /// <summary>Of a request that needs no look-up.</summary>
    public static MessageContent Read(SendMessageRequest request)
    {
        if (request.Location is null && request.Contact is null) return new MessageContent(request.TypeOfContent, request.Text, MessageBody.Empty);
        return new MessageContent(request.TypeOfContent, request.Text, new MessageBody
        {
            Location = request.Location is { } place
                ? new LocationBody(place.Latitude, place.Longitude, place.AccuracyMeters, place.Name, place.Address)
                : null,
            Contact = request.Contact is { } card ? new ContactBody(card.Name, card.PhoneNumber, card.UserId) : null,
        });
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c>.</exception>
    public async Task<MessageContent> LookUpAsync(long senderId, SendMessageRequest request, CancellationToken cancellationToken)
    {
        var content = Read(request);
        if (request.ReplyTo is not { } replyTo) return content;
        var original = await references.FindOriginalAsync(request.ChatId, senderId, replyTo, cancellationToken)
            ?? throw ChatException.NotFound("the message that this answers");
        if (original.IsDeleted || original.Head.Type == MessageTypes.System) throw ChatException.Invalid("replyTo", "is a message that nobody can answer");
        return content with { Body = content.Body with { ReplyTo = replyTo }, Quoted = original.SeenByAll ? original.Head : null };
    }
}
