using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Polls;
using Chat.Data.Reactions;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Messages;

/// <summary>From rows to what clients see.</summary>
internal static class MessageViews
{
    public static MessageView ToView(this MessageRow row)
    {
        var isSystem = row.MessageType == MessageTypes.System;
        var body = isSystem ? null : MessageBody.Read(row.Body);
        return new MessageView(
            row.ChatId,
            row.MessageId,
            row.SenderId,
            isSystem ? null : new Guid(row.ClientMessageId, bigEndian: true),
            row.MessageType,
            row.MessageText,
            isSystem ? ReadBody(row.Body) : null,
            row.SentAt,
            row.LastChangeId > 0 ? row.LastChangeId : null,
            row.EditedAt,
            row.DeletedAt,
            body?.Withheld,
            row.Reactions is null ? null : [.. ReactionCounts.Read(row.Reactions).MostUsedFirst.Select(count => new ReactionCountView(count.Key, count.Value))],
            row.MyReaction,
            row.PinnedAt is null ? null : true,
            body?.ReplyTo is { } replyTo ? ToView(replyTo, row.Quoted) : null,
            body?.Forwarded is { } origin ? new ForwardedView(origin.ChatType, origin.SenderId, origin.Title) : null,
            body?.Mentions,
            body?.Media?.ToView(),
            body?.Location is { } place ? new LocationView(place.Latitude, place.Longitude, place.AccuracyMeters, place.Name, place.Address) : null,
            body?.Contact is { } card ? new ContactCardView(card.Name, card.PhoneNumber, card.UserId) : null,
            body?.Signature,
            row.Views,
            row.ExpiresAt,
            body?.Poll is { } poll ? ToView(poll) : null,
            row.MyVotes > 0 ? PollChoices.ToList(row.MyVotes) : null);
    }

    public static MessageMediaView ToView(this MediaBody file) => new(
        file.MediaId, file.MimeType, file.Size, file.HasThumbnail, file.FileName, file.Width, file.Height, file.DurationMs);

    private static PollView ToView(PollBody poll) => new(
        poll.Question, [.. poll.Options.Select(option => new PollOptionView(option.Text, option.Votes))], poll.Multiple, poll.Anonymous, poll.Voters,
        poll.ClosesAt, poll.ClosedAt);

    private static ReplyView ToView(long messageId, QuotedHead? head) =>
        head is null ? new ReplyView(messageId) : new ReplyView(messageId, head.SenderId, head.Type, head.Text);

    public static IReadOnlyList<MessageView> ToViews(this IReadOnlyList<MessageRow> rows) => [.. rows.Select(ToView)];

    private static SystemMessageView? ReadBody(string? body)
    {
        var read = SystemBody.Read(body);
        return read is null ? null : new SystemMessageView(read.Kind, read.UserIds, read.Title, read.MessageId, read.Seconds);
    }
}
