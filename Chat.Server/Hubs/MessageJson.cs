using System.Text.Json;
using System.Text.Json.Serialization;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

/// <summary>
/// Writes what a server writes most, field by field: about half the time of the generated code, which SignalR's choice of an encoder keeps
/// from its short way. A test holds it against that code, so a new field cannot be forgotten here.
/// </summary>
internal static class MessageJson
{
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new MessageViewWriter());
        options.Converters.Add(new SendMessageResultWriter());
    }

    private sealed class MessageViewWriter : JsonConverter<MessageView>
    {
        private static readonly JsonEncodedText ChatId = JsonEncodedText.Encode("chatId");
        private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("messageId");
        private static readonly JsonEncodedText SenderId = JsonEncodedText.Encode("senderId");
        private static readonly JsonEncodedText ClientMessageId = JsonEncodedText.Encode("clientMessageId");
        private static readonly JsonEncodedText Kind = JsonEncodedText.Encode("type");
        private static readonly JsonEncodedText Text = JsonEncodedText.Encode("text");
        private static readonly JsonEncodedText System = JsonEncodedText.Encode("system");
        private static readonly JsonEncodedText SentAt = JsonEncodedText.Encode("sentAt");
        private static readonly JsonEncodedText ChangeId = JsonEncodedText.Encode("changeId");
        private static readonly JsonEncodedText EditedAt = JsonEncodedText.Encode("editedAt");
        private static readonly JsonEncodedText DeletedAt = JsonEncodedText.Encode("deletedAt");
        private static readonly JsonEncodedText Withheld = JsonEncodedText.Encode("withheld");
        private static readonly JsonEncodedText Reactions = JsonEncodedText.Encode("reactions");
        private static readonly JsonEncodedText MyReaction = JsonEncodedText.Encode("myReaction");
        private static readonly JsonEncodedText Pinned = JsonEncodedText.Encode("pinned");
        private static readonly JsonEncodedText ReplyTo = JsonEncodedText.Encode("replyTo");
        private static readonly JsonEncodedText Forwarded = JsonEncodedText.Encode("forwarded");
        private static readonly JsonEncodedText Mentions = JsonEncodedText.Encode("mentions");
        private static readonly JsonEncodedText Media = JsonEncodedText.Encode("media");
        private static readonly JsonEncodedText Location = JsonEncodedText.Encode("location");
        private static readonly JsonEncodedText Contact = JsonEncodedText.Encode("contact");
        private static readonly JsonEncodedText Signature = JsonEncodedText.Encode("signature");
        private static readonly JsonEncodedText Views = JsonEncodedText.Encode("views");
        private static readonly JsonEncodedText ExpiresAt = JsonEncodedText.Encode("expiresAt");
        private static readonly JsonEncodedText Poll = JsonEncodedText.Encode("poll");
        private static readonly JsonEncodedText MyVotes = JsonEncodedText.Encode("myVotes");

        public override MessageView Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Servers write messages, clients read them.");

        public override void Write(Utf8JsonWriter writer, MessageView value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteNumber(ChatId, value.ChatId);
            writer.WriteNumber(MessageId, value.MessageId);
            writer.WriteNumber(SenderId, value.SenderId);
            if (value.ClientMessageId is { } id) writer.WriteString(ClientMessageId, id);
            else writer.WriteNull(ClientMessageId);
            writer.WriteString(Kind, value.Type);
            // A null text is written as null.
            writer.WriteString(Text, value.Text);
            writer.WritePropertyName(System);
            if (value.System is null) writer.WriteNullValue();
            else JsonSerializer.Serialize(writer, value.System, options);
            writer.WriteString(SentAt, value.SentAt);
            // Left out where there is none, as the type says.
            if (value.ChangeId is { } changeId) writer.WriteNumber(ChangeId, changeId);
            if (value.EditedAt is { } editedAt) writer.WriteString(EditedAt, editedAt);
            if (value.DeletedAt is { } deletedAt) writer.WriteString(DeletedAt, deletedAt);
            if (value.Withheld is { } withheld) writer.WriteBoolean(Withheld, withheld);
            if (value.Reactions is { } reactions) Write(writer, Reactions, reactions, options);
            if (value.MyReaction is { } myReaction) writer.WriteString(MyReaction, myReaction);
            if (value.Pinned is { } pinned) writer.WriteBoolean(Pinned, pinned);
            if (value.ReplyTo is { } replyTo) Write(writer, ReplyTo, replyTo, options);
            if (value.Forwarded is { } forwarded) Write(writer, Forwarded, forwarded, options);
            if (value.Mentions is { } mentions) Write(writer, Mentions, mentions, options);
            if (value.Media is { } media) Write(writer, Media, media, options);
            if (value.Location is { } location) Write(writer, Location, location, options);
            if (value.Contact is { } contact) Write(writer, Contact, contact, options);
            if (value.Signature is { } signature) writer.WriteString(Signature, signature);
            if (value.Views is { } views) writer.WriteNumber(Views, views);
            if (value.ExpiresAt is { } expiresAt) writer.WriteString(ExpiresAt, expiresAt);
            if (value.Poll is { } poll) Write(writer, Poll, poll, options);
            if (value.MyVotes is { } myVotes) Write(writer, MyVotes, myVotes, options);
            writer.WriteEndObject();
        }

        private static void Write<T>(Utf8JsonWriter writer, JsonEncodedText name, T value, JsonSerializerOptions options)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, options);
        }
    }

    private sealed class SendMessageResultWriter : JsonConverter<SendMessageResult>
    {
        private static readonly JsonEncodedText ChatId = JsonEncodedText.Encode("chatId");
        private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("messageId");
        private static readonly JsonEncodedText SentAt = JsonEncodedText.Encode("sentAt");
        private static readonly JsonEncodedText Duplicate = JsonEncodedText.Encode("duplicate");
        private static readonly JsonEncodedText Withheld = JsonEncodedText.Encode("withheld");
        private static readonly JsonEncodedText ExpiresAt = JsonEncodedText.Encode("expiresAt");
        private static readonly JsonEncodedText Signature = JsonEncodedText.Encode("signature");

        public override SendMessageResult Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Servers write results, clients read them.");

        public override void Write(Utf8JsonWriter writer, SendMessageResult value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteNumber(ChatId, value.ChatId);
            writer.WriteNumber(MessageId, value.MessageId);
            writer.WriteString(SentAt, value.SentAt);
            writer.WriteBoolean(Duplicate, value.Duplicate);
            if (value.Withheld is { } withheld) writer.WriteBoolean(Withheld, withheld);
            if (value.ExpiresAt is { } expiresAt) writer.WriteString(ExpiresAt, expiresAt);
            if (value.Signature is { } signature) writer.WriteString(Signature, signature);
            writer.WriteEndObject();
        }
    }
}
