using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Data.Receipts;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Hubs;

/// <summary>What a transaction of messages, or of marks, will write: planned without a database.</summary>
[TestFixture]
public sealed class PlanningBatches
{
    private static readonly DateTime Now = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc).AddTicks(1234567);

    [Test]
    public void Messages_are_numbered_on_from_the_head_in_the_order_of_their_arrival()
    {
        var pending = new[] { Pending(9), Pending(5), Pending(9), Pending(5), Pending(5) };
        var batch = new AppendBatch(pending, Now);
        Assert.That(batch.ChatIds, Is.EqualTo(new[] { 5, 9 }), "locked in ascending order");
        batch.AddHead(5, 100, rosterVersion: 1);
        batch.AddHead(9, 0, rosterVersion: 1);
        batch.Plan();
        Assert.That(batch.ToInsert.Select(p => (p.ChatId, p.Outcome.MessageId)), Is.EqualTo(new[] { (9L, 1L), (5, 101), (9, 2), (5, 102), (5, 103) }));
        Assert.That(batch.NewHeads, Is.EqualTo(new[] { (5L, 103L), (9, 2) }));
        batch.Complete();
        Assert.That(pending.Select(p => (p.Outcome.Outcome, p.Outcome.MessageId)), Is.EqualTo(new[]
        {
            (AppendOutcome.Stored, 1L), (AppendOutcome.Stored, 101), (AppendOutcome.Stored, 2), (AppendOutcome.Stored, 102), (AppendOutcome.Stored, 103),
        }));
    }

    [Test]
    public async Task The_time_is_the_one_that_the_database_keeps()
    {
        var pending = Pending(5);
        var batch = new AppendBatch([pending], Now);
        batch.AddHead(5, 0, 1);
        batch.Plan();
        batch.Complete();
        Assert.That((await pending.Result).SentAt, Is.EqualTo(Now.AddTicks(-7)));
        Assert.That(batch.StoredMessages().Single().Row.SentAt, Is.EqualTo(Now.AddTicks(-7)));
    }

    [Test]
    public void In_a_direct_chat_a_message_that_was_checked_under_another_roster_is_checked_again()
    {
        var roster = Seed.Believed(5, "direct", 1, 2);
        var pending = new PendingMessage(roster.Message(1));
        var batch = new AppendBatch([pending], Now);
        batch.AddHead(5, 10, rosterVersion: 2);
        batch.AddSender(new BatchSender(5, 1, "direct", "member", ChatRights.GroupMembers, null, null));
        batch.Plan();
        Assert.That(batch.ToInsert, Is.Empty);
        Assert.That((pending.Outcome.Outcome, pending.Outcome.IsRefused), Is.EqualTo((AppendOutcome.RosterChanged, true)));
    }

    [Test]
    public void A_batch_may_be_planned_again()
    {
        var pending = new[] { Pending(5), Pending(5) };
        var batch = new AppendBatch(pending, Now);
        batch.AddHead(5, 10, 1);
        batch.Plan();
        batch.CommitSent = true;

        // A deadlock; meanwhile others posted, and the first message turns out to be stored already.
        batch.Reset();
        Assert.That((batch.CommitSent, batch.ToInsert.Count), Is.EqualTo((false, 0)));
        batch.AddHead(5, 20, 1);
        batch.AddRepeated(new MessageRow(5, 15, 1, pending[0].Message.ClientMessageId.ToByteArray(bigEndian: true), "text", "first", null, Now));
        batch.Plan();
        batch.Complete();
        Assert.That(pending.Select(p => (p.Outcome.Outcome, p.Outcome.MessageId)), Is.EqualTo(new[] { (AppendOutcome.Duplicate, 15L), (AppendOutcome.Stored, 21) }));
        Assert.That(batch.NewHeads, Is.EqualTo(new[] { (5L, 21L) }));
        Assert.That(batch.StoredMessages().Select(m => m.Row.MessageId), Is.EqualTo(new[] { 15, 21 }), "the repeat first, for it is older");
    }

    [Test]
    public void Only_senders_who_were_checked_against_another_roster_are_looked_up()
    {
        var batch = new AppendBatch([Pending(5, sender: 1, version: 3), Pending(5, sender: 2, version: 3), Pending(5, sender: 1, version: 3), Pending(9, sender: 1, version: 7)], Now);
        batch.AddHead(5, 0, rosterVersion: 4);
        batch.AddHead(9, 0, rosterVersion: 7);
        Assert.That(batch.SendersToCheck(), Is.EqualTo(new[] { (5L, 1L), (5, 2) }));
        Assert.That(batch.ChatsWithNewRoster, Is.EqualTo(new[] { 5 }));
    }

    [Test]
    public void Messages_of_one_chat_under_different_rosters_are_all_looked_up()
    {
        var batch = new AppendBatch([Pending(5, sender: 1, version: 3), Pending(5, sender: 2, version: 4)], Now);
        batch.AddHead(5, 0, rosterVersion: 4);
        Assert.That(batch.SendersToCheck(), Is.EqualTo(new[] { (5L, 1L), (5, 2) }));
    }

    [Test]
    public void Who_is_refused_leaves_no_gap()
    {
        var pending = new[] { Pending(5, sender: 1), Pending(5, sender: 2), Pending(5, sender: 1) };
        var batch = new AppendBatch(pending, Now);
        batch.AddHead(5, 0, rosterVersion: 9);
        batch.AddSender(Sender(1));
        batch.Plan();
        batch.Complete();
        Assert.That(pending.Select(p => (p.Outcome.Outcome, p.Outcome.MessageId)), Is.EqualTo(new[]
        {
            (AppendOutcome.Stored, 1L), (AppendOutcome.NotAParticipant, 0), (AppendOutcome.Stored, 2),
        }));
    }

    [Test]
    public void Who_may_no_longer_send_is_refused_and_told_why()
    {
        var pending = new[] { Pending(5, sender: 1), Pending(5, sender: 2), Pending(5, sender: 3) };
        var batch = new AppendBatch(pending, Now);
        batch.AddHead(5, 0, rosterVersion: 9);
        batch.AddSender(Sender(1, permissions: ChatPermissions.SendMedia));
        batch.AddSender(Sender(2, mutedUntil: Now.AddMinutes(1)));
        batch.AddSender(Sender(3, mutedUntil: Now.AddMinutes(-1)));
        batch.Plan();
        batch.Complete();
        Assert.That(pending.Select(p => (p.Outcome.Outcome, p.Outcome.MessageId, p.Outcome.NotBefore)), Is.EqualTo(new[]
        {
            (AppendOutcome.Forbidden, 0L, default(DateTime)), (AppendOutcome.Muted, 0L, Now.AddMinutes(1)), (AppendOutcome.Stored, 1L, default(DateTime)),
        }));
    }

    [Test]
    public void Slow_mode_lets_a_member_send_once_and_an_admin_at_will()
    {
        var pending = new[] { Pending(5, sender: 1), Pending(5, sender: 1), Pending(5, sender: 2), Pending(5, sender: 3), Pending(5, sender: 3) };
        var batch = new AppendBatch(pending, Now);
        batch.AddHead(5, 0, rosterVersion: 1, slowModeSeconds: 10);
        batch.AddSender(Sender(1, lastSentAt: batch.Now.AddSeconds(-10)));
        batch.AddSender(Sender(2, lastSentAt: batch.Now.AddSeconds(-9)));
        batch.AddSender(Sender(3, role: "admin"));
        batch.Plan();
        Assert.That(pending.Select(p => (p.Outcome.Outcome, p.Outcome.NotBefore)), Is.EqualTo(new[]
        {
            (AppendOutcome.Stored, default), (AppendOutcome.TooSoon, batch.Now.AddSeconds(10)), (AppendOutcome.TooSoon, batch.Now.AddSeconds(1)),
            (AppendOutcome.Stored, default), (AppendOutcome.Stored, default),
        }));
        Assert.That(batch.SlowedSenders.Select(s => s.UserId), Is.EqualTo(new[] { 1L }), "whose time moves");
    }

    private static BatchSender Sender(
        long userId, string role = "member", ChatPermissions permissions = ChatRights.GroupMembers, DateTime? mutedUntil = null, DateTime? lastSentAt = null) =>
        new(5, userId, "group", role, permissions, mutedUntil, lastSentAt);

    [Test]
    public void A_failed_batch_fails_all()
    {
        var pending = new[] { Pending(5), Pending(5) };
        new AppendBatch(pending, Now).Fail(new IOException());
        foreach (var p in pending) Assert.ThrowsAsync<IOException>(() => p.Result);
    }

    [Test]
    public void Marks_merge_into_one_step_per_person()
    {
        var batch = new ReceiptBatch([new Mark(5, 1, 3, false), new Mark(5, 1, 7, true), new Mark(5, 1, 5, false), new Mark(5, 2, 4, false)]);
        Assert.That(batch.Participants.Select(p => (p.ChatId, p.UserId)), Is.EqualTo(new[] { (5L, 1L), (5, 2) }));
        Fill(batch, last: 10, (1, 2, 0), (2, 4, 1));
        Assert.That(batch.Advanced, Is.EqualTo(new[] { new AdvancedReceipt(5, 1, 7, 7) }), "the second person stood there already");
        Assert.That(batch.Steps, Is.EqualTo(new[] { new StatusStep(5, 1, "delivered", 7), new StatusStep(5, 1, "read", 7) }));
    }

    [Test]
    public void Marks_from_one_place_keep_it_and_from_several_do_not()
    {
        var batch = new ReceiptBatch([new Mark(5, 1, 3, false, "phone"), new Mark(5, 1, 7, true, "phone"), new Mark(5, 2, 4, false, "phone"), new Mark(5, 2, 6, false, "desk")]);
        Fill(batch, last: 10, (1, 2, 0), (2, 2, 1));
        Assert.That(batch.Advanced.Select(a => a.Origin), Is.EqualTo(new[] { "phone", null }));
    }

    [Test]
    public void A_read_mark_behind_the_delivered_one_moves_only_read()
    {
        var batch = new ReceiptBatch([new Mark(5, 1, 4, true)]);
        Fill(batch, last: 10, (1, 8, 2));
        Assert.That(batch.Steps, Is.EqualTo(new[] { new StatusStep(5, 1, "read", 4) }));
        Assert.That(batch.ResultOf(new Mark(5, 1, 4, true)), Is.EqualTo(new MarkedPosition(MarkOutcome.Advanced, 8, 4)));
    }

    [Test]
    public void Marks_that_are_refused_move_nothing()
    {
        var beyond = new Mark(5, 1, 11, true);
        var stranger = new Mark(5, 3, 1, true);
        var behind = new Mark(5, 2, 1, true);
        var batch = new ReceiptBatch([beyond, stranger, behind]);
        Fill(batch, last: 10, (1, 8, 2), (2, 5, 5));
        Assert.That((batch.Advanced.Count, batch.Steps.Count), Is.EqualTo((0, 0)));
        Assert.That(new[] { beyond, stranger, behind }.Select(m => batch.ResultOf(m).Outcome), Is.EqualTo(new[]
        {
            MarkOutcome.BeyondLastMessage, MarkOutcome.NotAParticipant, MarkOutcome.Unchanged,
        }));
    }

    [Test]
    public void A_batch_of_marks_may_be_planned_again()
    {
        var batch = new ReceiptBatch([new Mark(5, 1, 6, false)]);
        Fill(batch, last: 10, (1, 2, 0));
        batch.Reset();
        Fill(batch, last: 10, (1, 7, 0));
        Assert.That((batch.Advanced.Count, batch.Steps.Count), Is.EqualTo((0, 0)), "another node was faster");
    }

    private static void Fill(ReceiptBatch batch, long last, params (long UserId, long Delivered, long Read)[] participants)
    {
        batch.AddChat(5, last);
        foreach (var (userId, delivered, read) in participants) batch.AddParticipant(5, userId, delivered, read);
        batch.Plan();
    }

    private static PendingMessage Pending(long chatId, long sender = 1, long version = 1) =>
        new((Seed.Believed(chatId, "group", sender) with { Version = version }).Message(sender));
}
