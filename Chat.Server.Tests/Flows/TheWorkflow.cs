using System.Net.Http.Json;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>
/// The product's workflow, step by step: somebody clicks on a profile, a chat is found or created, both are its
/// participants, a message is sent, and its status is tracked. The answers and the rows behind them.
/// </summary>
[TestFixture]
public sealed class TheWorkflow : ServerFixture
{
    [Test]
    public async Task From_a_profile_to_a_read_message()
    {
        await using var john = await RegisterAsync("John Doe");
        await using var jane = await RegisterAsync("Jane Smith");

        // John clicks on Jane's profile.
        using var http = Server.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", john.Account.AccessToken);
        var profile = await http.GetFromJsonAsync<UserView>($"/api/users/{jane.UserId}");
        Assert.That(profile, Is.EqualTo(new UserView(jane.UserId, "Jane Smith", null, null, null, null)));

        // There is no chat between them, so one is created, with both as participants.
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM chats"), Is.Zero);
        var chat = await john.CallAsync<ChatView>("OpenDirectChat", new OpenDirectChatRequest(profile!.UserId));
        Assert.That((chat.Type, chat.Peer, chat.MemberCount, chat.LastMessageId), Is.EqualTo((ChatTypes.Direct, profile, 2, 0L)));
        var row = (await Database.ListAsync<ChatRow>("SELECT chat_id, chat_type, direct_key, created_by, last_message_id FROM chats")).Single();
        Assert.That(row, Is.EqualTo(new ChatRow(
            chat.ChatId, "direct", $"{Math.Min(john.UserId, jane.UserId)}:{Math.Max(john.UserId, jane.UserId)}", john.UserId, 0)));
        Assert.That(await ParticipantsAsync(chat.ChatId), Is.EqualTo(new[] { john.UserId, jane.UserId }.Order()));

        // Clicking again, from either side, finds it.
        Assert.That((await john.OpenDirectChatAsync(jane)).ChatId, Is.EqualTo(chat.ChatId));
        Assert.That((await jane.OpenDirectChatAsync(john)).ChatId, Is.EqualTo(chat.ChatId));
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM chats"), Is.EqualTo(1));
        Assert.That(await ParticipantsAsync(chat.ChatId), Has.Count.EqualTo(2));

        // John sends a message.
        var clientMessageId = Guid.NewGuid();
        var sent = await john.SendAsync(chat.ChatId, "Hi Jane, how are you?", clientMessageId);
        var message = (await Database.StoredAsync(chat.ChatId)).Single();
        Assert.That(
            (message.MessageId, message.SenderId, message.ClientId(), message.MessageType, message.MessageText, message.SentAt),
            Is.EqualTo((sent.MessageId, john.UserId, clientMessageId, "text", "Hi Jane, how are you?", sent.SentAt)));
        Assert.That(await Database.ScalarAsync<long>("SELECT last_message_id FROM chats"), Is.EqualTo(1));
        Assert.That(await StatusesAsync(), Is.Empty, "'sent' is the message itself");
        Assert.That((await jane.Messages.WaitForAsync(m => m.ChatId == chat.ChatId)).MessageId, Is.EqualTo(sent.MessageId));

        // Jane receives it, and then reads it.
        await jane.MarkDeliveredAsync(chat.ChatId, sent.MessageId);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { new StatusRow(jane.UserId, "delivered", 1) }));
        await john.Receipts.WaitForAsync(r => r.Receipts.Contains(new ReceiptView(jane.UserId, 1, 0)));

        await jane.MarkReadAsync(chat.ChatId, sent.MessageId);
        Assert.That(await StatusesAsync(), Is.EqualTo(new[] { new StatusRow(jane.UserId, "delivered", 1), new StatusRow(jane.UserId, "read", 1) }));
        await john.Receipts.WaitForAsync(r => r.Receipts.Contains(new ReceiptView(jane.UserId, 1, 1)));

        var info = await john.CallAsync<MessageInfo>("GetMessageInfo", new GetMessageInfoRequest(chat.ChatId, sent.MessageId));
        var receipt = info.Receipts.Single();
        Assert.That(receipt.UserId, Is.EqualTo(jane.UserId));
        Assert.That(receipt.DeliveredAt, Is.AtLeast(info.SentAt));
        Assert.That(receipt.ReadAt, Is.AtLeast(receipt.DeliveredAt));
    }

    private Task<List<long>> ParticipantsAsync(long chatId) => Database.ListAsync<long>(
        "SELECT user_id FROM chat_participants WHERE chat_id = @chatId AND left_at IS NULL ORDER BY user_id", new { chatId });

    private Task<List<StatusRow>> StatusesAsync() => Database.ListAsync<StatusRow>("SELECT user_id, status, message_id FROM message_status ORDER BY status");

    private sealed record ChatRow(long ChatId, string ChatType, string DirectKey, long CreatedBy, long LastMessageId);

    private sealed record StatusRow(long UserId, string Status, long MessageId);
}
