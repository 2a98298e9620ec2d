using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Messages;

[TestFixture]
public sealed class TwoPeopleTalk : ServerFixture
{
    [Test]
    public async Task A_message_reaches_the_other_person_and_the_own_other_device_but_not_the_sending_connection()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var annsPhone = await ann.AnotherDeviceAsync();
        var chat = await ann.OpenDirectChatAsync(bob);

        var sent = await ann.SendAsync(chat.ChatId, "Hello Bob 👋");

        var atBob = await bob.Messages.WaitForAsync(m => m.ChatId == chat.ChatId);
        var atPhone = await annsPhone.Messages.WaitForAsync(m => m.ChatId == chat.ChatId);
        Assert.Multiple(() =>
        {
            Assert.That(sent.MessageId, Is.EqualTo(1));
            Assert.That(atBob.MessageId, Is.EqualTo(1));
            Assert.That(atBob.Text, Is.EqualTo("Hello Bob 👋"));
            Assert.That(atBob.SenderId, Is.EqualTo(ann.UserId));
            Assert.That(atBob.SentAt, Is.EqualTo(sent.SentAt));
            Assert.That(atBob.SentAt.Kind, Is.EqualTo(DateTimeKind.Utc));
            Assert.That(atPhone, Is.EqualTo(atBob));
            Assert.That(ann.Messages.All, Is.Empty);
        });
    }

    [Test]
    public async Task Ticks_travel_back_to_the_sender()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await ann.SendAsync(chat.ChatId, "one");
        await ann.SendAsync(chat.ChatId, "two");

        await bob.MarkDeliveredAsync(chat.ChatId, 2);
        var delivered = await ann.Receipts.WaitForAsync(r => r.Receipts[0].DeliveredUpTo == 2);
        Assert.That(delivered.Receipts, Is.EqualTo(new[] { new ReceiptView(bob.UserId, 2, 0) }));

        await bob.MarkReadAsync(chat.ChatId, 1);
        await ann.Receipts.WaitForAsync(r => r.Receipts[0] is { ReadUpTo: 1, DeliveredUpTo: 2 });

        var head = await ann.GetChatAsync(chat.ChatId);
        Assert.That(head.Watermarks, Is.EqualTo(new WatermarksView(0, 0, 2, 1)));
        Assert.That((await bob.GetChatAsync(chat.ChatId)).UnreadCount, Is.EqualTo(1));
    }
}
