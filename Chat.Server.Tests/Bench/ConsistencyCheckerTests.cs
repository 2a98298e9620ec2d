using Chat.Bench.Checker;
using NUnit.Framework;

namespace Chat.Server.Tests.Bench;

/// <summary>The checker finds each violation that it claims to look for, and nothing in a run without one.</summary>
public sealed class ConsistencyCheckerTests
{
    private const long Chat = 7;
    private const long Ann = 1;
    private const long Bob = 2;

    private static readonly Guid[] Ids = [.. Enumerable.Range(0, 10).Select(_ => Guid.NewGuid())];

    [Test]
    public void A_run_without_fault_passes() => Assert.That(Violated(Run(), Stored()), Is.Empty);

    [Test]
    public void An_acknowledged_message_that_is_not_stored() => Assert.That(
        Violated(Run(annSent: [Sent(0, 1), Sent(1, 2), Sent(2, 4)]), Stored()),
        Does.Contain(CheckRules.AcknowledgedStored));

    [Test]
    public void An_acknowledged_message_under_another_id() => Assert.That(
        Violated(Run(annSent: [Sent(0, 1), Sent(1, 3)]), Stored()), Does.Contain(CheckRules.AcknowledgedStored));

    [Test]
    public void A_message_stored_twice() => Assert.That(
        Violated(Run(), Stored(messages: [Message(1, Ann, 0), Message(2, Ann, 1), Message(3, Bob, 5), Message(4, Ann, 1)], last: 4)),
        Does.Contain(CheckRules.StoredOnce));

    [Test]
    public void A_message_that_nobody_sent() => Assert.That(
        Violated(Run(), Stored(messages: [Message(1, Ann, 0), Message(2, Ann, 1), Message(3, Bob, 5), Message(4, Ann, 9)], last: 4)),
        Does.Contain(CheckRules.OnlySentStored));

    [Test]
    public void A_text_that_was_changed() => Assert.That(
        Violated(Run(annSent: [Sent(0, 1) with { Text = "one" }, Sent(1, 2)]), Stored(messages: [Message(1, Ann, 0) with { Text = "other" }, Message(2, Ann, 1), Message(3, Bob, 5)])),
        Does.Contain(CheckRules.OnlySentStored));

    [Test]
    public void A_gap_in_the_numbers() => Assert.That(
        Violated(Run(), Stored(messages: [Message(1, Ann, 0), Message(2, Ann, 1), Message(4, Bob, 5)], last: 4)),
        Does.Contain(CheckRules.Numbered));

    [Test]
    public void A_head_that_is_not_the_last_message() => Assert.That(Violated(Run(), Stored(last: 4)), Does.Contain(CheckRules.Numbered));

    [Test]
    public void Messages_of_one_sender_out_of_order() => Assert.That(
        Violated(Run(annSent: [Sent(0, 2, at: 1), Sent(1, 1, at: 2)]), Stored(messages: [Message(1, Ann, 1), Message(2, Ann, 0), Message(3, Bob, 5)])),
        Does.Contain(CheckRules.SenderOrder));

    [Test]
    public void A_repeated_message_may_be_overtaken_until_it_is_acknowledged()
    {
        var stored = Stored(messages: [Message(1, Ann, 1), Message(2, Ann, 0), Message(3, Bob, 5)]);
        var overtaken = Run(
            annSent: [Sent(0, 2, at: 1, acknowledgedAt: 5, attempts: 2), Sent(1, 1, at: 2)], annView: [Seen(1, Ann, 1), Seen(2, Ann, 0), Seen(3, Bob, 5)],
            bobView: [Seen(1, Ann, 1), Seen(2, Ann, 0), Seen(3, Bob, 5)]);
        var acknowledgedBefore = Run(annSent: [Sent(0, 2, at: 1, acknowledgedAt: 2, attempts: 2), Sent(1, 1, at: 3)]);
        Assert.Multiple(() =>
        {
            Assert.That(Violated(overtaken, stored), Is.Empty);
            Assert.That(Violated(acknowledgedBefore, stored), Does.Contain(CheckRules.SenderOrder));
        });
    }

    [TestCase("ends early")]
    [TestCase("holds more")]
    [TestCase("swaps two")]
    public void A_view_that_differs(string how) => Assert.That(
        Violated(
            Run(bobView: how switch
            {
                "ends early" => [Seen(1, Ann, 0), Seen(2, Ann, 1)],
                "holds more" => [Seen(1, Ann, 0), Seen(2, Ann, 1), Seen(3, Bob, 5), Seen(4, Ann, 3)],
                _ => [Seen(1, Ann, 1), Seen(2, Ann, 0), Seen(3, Bob, 5)],
            }),
            Stored()),
        Is.EqualTo(new[] { CheckRules.ViewsEqual }));

    [Test]
    public void Marks_beyond_what_is_stored() => Assert.That(
        Violated(Run(annMarks: [new SeenMarks(Chat, Bob, 3, 0)]), Stored()), Does.Contain(CheckRules.MarksStored));

    [Test]
    public void The_others_marks_beyond_what_is_stored() => Assert.That(
        Violated(Run(annMarks: [new SeenMarks(Chat, SeenMarks.TheOthers, 2, 2)]), Stored()), Does.Contain(CheckRules.MarksStored));

    [TestCase(4, 0)]
    [TestCase(2, 3)]
    public void Marks_out_of_bounds(long delivered, long read) => Assert.That(
        Violated(Run(), Stored(bobDelivered: delivered, bobRead: read)), Does.Contain(CheckRules.MarksBounded));

    [Test]
    public void A_watermark_without_its_status_row() => Assert.That(
        Violated(Run(), Stored(bobDelivered: 3)), Does.Contain(CheckRules.StatusesForward));

    [Test]
    public void Status_rows_that_go_back_in_time()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        StoredStatus[] statuses = [new(Bob, "delivered", 1, start), new(Bob, "delivered", 2, start.AddSeconds(-1)), new(Bob, "read", 1, start)];
        Assert.That(Violated(Run(), Stored(statuses: statuses)), Does.Contain(CheckRules.StatusesForward));
    }

    [Test]
    public void What_a_client_found_by_itself() => Assert.That(
        Violated(Run(annFound: [new Contradiction(CheckRules.MarksForward, "it went back")]), Stored()), Is.EqualTo(new[] { CheckRules.MarksForward }));

    [Test]
    public void Clients_that_come_to_rest_by_themselves_in_time() => Assert.That(Violated(RunWith(Calm(After(1), After(2))), Stored()), Is.Empty);

    [TestCase(null)]
    [TestCase(11)]
    public void A_client_that_has_not_everything_in_time_by_itself(int? seconds) => Assert.That(
        Violated(RunWith(Calm(After(seconds), After(1))), Stored()), Is.EqualTo(new[] { CheckRules.CompleteAlone }));

    [TestCase(null)]
    [TestCase(11)]
    public void A_client_that_does_not_hear_of_its_partners_marks(int? seconds) => Assert.That(
        Violated(RunWith(Calm(After(1), After(seconds))), Stored()), Is.EqualTo(new[] { CheckRules.TicksComplete }));

    [TestCase(true, true, 9)]
    [TestCase(false, false, 9)]
    public void Presence_that_is_right_in_time(bool connected, bool online, int seconds) => Assert.That(
        Violated(RunWith(Presence(connected, online, After(seconds))), Stored()), Is.Empty);

    [TestCase(true, null)]
    [TestCase(false, null)]
    [TestCase(true, 11)]
    public void Somebody_gone_who_is_shown_as_online(bool online, int? seconds) => Assert.That(
        Violated(RunWith(Presence(isConnected: false, online, After(seconds))), Stored()), Is.EqualTo(new[] { CheckRules.NobodyStuckOnline }));

    [TestCase(false, null)]
    [TestCase(null, null)]
    [TestCase(true, 11)]
    public void Somebody_connected_who_is_not_shown_as_online(bool? online, int? seconds) => Assert.That(
        Violated(RunWith(Presence(isConnected: true, online, After(seconds))), Stored()), Is.EqualTo(new[] { CheckRules.ConnectedShownOnline }));

    [Test]
    public void A_client_that_was_away_for_too_long()
    {
        var run = Run();
        var longAway = run with { Clients = [run.Clients[0] with { LongestAway = TimeSpan.FromSeconds(4) }, run.Clients[1]] };
        Assert.Multiple(() =>
        {
            Assert.That(Violated(longAway, Stored()), Is.Empty, "no limit was set");
            Assert.That(Violated(longAway with { AwayLimit = TimeSpan.FromSeconds(4) }, Stored()), Is.Empty);
            Assert.That(Violated(longAway with { AwayLimit = TimeSpan.FromSeconds(3) }, Stored()), Is.EqualTo(new[] { CheckRules.AwayBounded }));
        });
    }

    [Test]
    public void A_replica_finds_two_messages_under_one_id()
    {
        var replica = new ChatReplica(Chat);
        Assert.Multiple(() =>
        {
            Assert.That(replica.Apply(Seen(1, Ann, 0)), Is.Null);
            Assert.That(replica.Apply(Seen(1, Ann, 0)), Is.Null, "a repeat is fine");
            Assert.That(replica.Apply(Seen(1, Ann, 1))?.Rule, Is.EqualTo(CheckRules.OneMessagePerId));
            Assert.That(replica.Apply(Seen(3, Ann, 2)), Is.Null, "behind a hole");
            Assert.That(replica.HasGap);
            Assert.That(replica.ApplyAnswer([Seen(2, Bob, 3), Seen(3, Ann, 2)], 3), Is.Empty);
            Assert.That(replica.UpTo, Is.EqualTo(3));
            Assert.That(replica.Messages.Select(m => m.MessageId), Is.EqualTo(new long[] { 1, 2, 3 }));
            Assert.That(replica.ApplyAnswer([], 5), Is.Empty, "4 and 5 may not be seen");
            Assert.That(replica.Apply(Seen(4, Bob, 4))?.Rule, Is.EqualTo(CheckRules.OneMessagePerId), "and must not appear later");
        });
    }

    [Test]
    public void An_answer_must_not_lie_behind_what_was_told_before_it_was_asked()
    {
        var trail = new MarkTrail();
        var early = trail.Ask(Chat, Bob);
        trail.Pushed(Chat, Bob, 5, 3);
        Assert.Multiple(() =>
        {
            Assert.That(trail.Answered(early, 4, 3), Is.Null, "asked before the push");
            Assert.That(trail.Answered(trail.Ask(Chat, Bob), 5, 3), Is.Null);
            Assert.That(trail.Answered(trail.Ask(Chat, Bob), 4, 3)?.Rule, Is.EqualTo(CheckRules.MarksForward));
            Assert.That(trail.Answered(trail.Ask(Chat, Bob), 5, 2)?.Rule, Is.EqualTo(CheckRules.MarksForward));
        });
    }

    private static IReadOnlyList<string> Violated(RunRecord run, StoredState stored) =>
        [.. ConsistencyChecker.Check(run, stored).Checked.Where(rule => rule.Violations > 0).Select(rule => rule.Rule)];

    private static TimeSpan? After(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;

    private static RunRecord RunWith(CalmRecord calm) => Run() with { Calm = calm };

    private static RunRecord RunWith(PresenceRecord presence) => Run() with { Presence = presence };

    private static CalmRecord Calm(TimeSpan? complete, TimeSpan? ticks) => new(
        TimeSpan.FromSeconds(10),
        [new CalmClient("Ann", NeverReconnected: true, complete, ticks), new CalmClient("Bob", NeverReconnected: false, TimeSpan.Zero, TimeSpan.Zero)]);

    private static PresenceRecord Presence(bool isConnected, bool? online, TimeSpan? rightAfter) =>
        new(TimeSpan.FromSeconds(10), [new SeenPresence("Ann", Bob, isConnected, online, rightAfter)]);

    private static SentMessage Sent(int id, long messageId, long? at = null, long? acknowledgedAt = null, int attempts = 1) =>
        new(Chat, Ids[id], at ?? messageId, attempts, new Acknowledgement(messageId, acknowledgedAt ?? 100));

    private static StoredMessage Message(long messageId, long senderId, int id) => new(messageId, senderId, Ids[id], IsSystem: false);

    private static SeenMessage Seen(long messageId, long senderId, int id) => new(messageId, senderId, Ids[id]);

    private static RunRecord Run(
        SentMessage[]? annSent = null, SeenMessage[]? annView = null, SeenMessage[]? bobView = null,
        SeenMarks[]? annMarks = null, Contradiction[]? annFound = null)
    {
        SeenMessage[] view = [Seen(1, Ann, 0), Seen(2, Ann, 1), Seen(3, Bob, 5)];
        return new RunRecord(
        [
            new ClientRecord("Ann", Ann, annSent ?? [Sent(0, 1), Sent(1, 2)], [new ClientView(Chat, annView ?? view)], annMarks ?? [], annFound ?? [], new Dictionary<string, long>()),
            new ClientRecord("Bob", Bob, [Sent(5, 3)], [new ClientView(Chat, bobView ?? view)], [new SeenMarks(Chat, Bob, 2, 1)], [], new Dictionary<string, long>()),
        ]);
    }

    private static StoredState Stored(
        StoredMessage[]? messages = null, long last = 3, long bobDelivered = 2, long bobRead = 1, StoredStatus[]? statuses = null)
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        return new StoredState(
        [
            new StoredChat(
                Chat, last,
                messages ?? [Message(1, Ann, 0), Message(2, Ann, 1), Message(3, Bob, 5)],
                [new StoredParticipant(Ann, 1, 0, 0), new StoredParticipant(Bob, 1, bobDelivered, bobRead)],
                statuses ?? [new(Bob, "delivered", 1, start), new(Bob, "delivered", 2, start.AddSeconds(1)), new(Bob, "read", 1, start)]),
        ]);
    }
}
