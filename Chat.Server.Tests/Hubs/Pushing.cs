using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Hubs;

/// <summary>To whom the notifiers push, in which order, and what happens when a push fails.</summary>
[TestFixture]
public sealed class Pushing
{
    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new HubHarness();

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [Test]
    public void A_message_of_a_direct_chat_goes_to_both_people_but_not_to_the_connection_that_sent_it()
    {
        var roster = Seed.Believed(HubHarness.DirectChat, "direct", HubHarness.Ann, HubHarness.Bob);
        _harness.MessageNotifier.Committed([new StoredMessage(HubHarness.Message(HubHarness.DirectChat, 5), roster, "phone")]);
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EquivalentTo(new[] { "user:11 except phone", "user:22 except phone" }));
        Assert.That(_harness.Pushes.All.Select(p => ((MessageView)p.Event).MessageId), Is.All.EqualTo(5));
    }

    [Test]
    public void A_message_of_a_group_goes_to_its_group()
    {
        var roster = Seed.Believed(HubHarness.Group, "group", HubHarness.Ann, HubHarness.Bob);
        _harness.MessageNotifier.Committed(
        [
            new StoredMessage(HubHarness.Message(HubHarness.Group, 5), roster, "phone"),
            new StoredMessage(HubHarness.SystemMessage(HubHarness.Group, 6, """{"kind":"member_left","userIds":[22],"title":null}"""), Roster: null, Origin: null),
        ]);
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EqualTo(new[] { "chat:200 except phone", "chat:200" }));
    }

    [Test]
    public void Messages_are_pushed_in_the_order_of_their_commit_and_none_is_waited_for()
    {
        _harness.Pushes.Outcome = () => new TaskCompletionSource().Task;
        var roster = Seed.Believed(HubHarness.Group, "group", HubHarness.Ann);
        _harness.MessageNotifier.Committed([.. Enumerable.Range(1, 20).Select(i => new StoredMessage(HubHarness.Message(HubHarness.Group, i), roster, null))]);
        Assert.That(_harness.Pushes.All.Select(p => ((MessageView)p.Event).MessageId), Is.EqualTo(Enumerable.Range(1, 20)));
    }

    [Test]
    public void What_a_batch_brings_to_a_chat_keeps_its_order_whatever_comes_between()
    {
        var (tea, coffee) = (Seed.Believed(HubHarness.Group, "group", HubHarness.Ann), Seed.Believed(HubHarness.DirectChat, "direct", HubHarness.Ann, HubHarness.Bob));
        _harness.MessageNotifier.Committed(
        [
            new StoredMessage(HubHarness.Message(HubHarness.Group, 1), tea, null), new StoredMessage(HubHarness.Message(HubHarness.DirectChat, 8), coffee, null),
            new StoredMessage(HubHarness.Message(HubHarness.Group, 2), tea, null), new StoredMessage(HubHarness.Message(HubHarness.DirectChat, 9), coffee, null),
        ]);
        Assert.That(MessagesTo("chat:200"), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(MessagesTo("user:11"), Is.EqualTo(new[] { 8, 9 }));
        Assert.That(MessagesTo("user:22"), Is.EqualTo(new[] { 8, 9 }));
    }

    [Test]
    public void A_push_that_fails_harms_nobody()
    {
        _harness.Pushes.Outcome = () => Task.FromException(new IOException("a slow client"));
        var roster = Seed.Believed(HubHarness.DirectChat, "direct", HubHarness.Ann, HubHarness.Bob);
        Assert.DoesNotThrow(() => _harness.MessageNotifier.Committed([new StoredMessage(HubHarness.Message(HubHarness.DirectChat, 5), roster, "phone")]));
        Assert.That(_harness.Pushes.All, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_commit_that_was_cut_off_makes_everybody_look()
    {
        _harness.KnowsNoChat(999);
        _harness.MessageNotifier.OutcomeUnknown([HubHarness.Group, 999, HubHarness.DirectChat]);
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EquivalentTo(new[] { "chat:200", "chat:100+user:11+user:22" }).Or.EquivalentTo(new[] { "chat:200", "chat:100+user:22+user:11" }));
        Assert.That(_harness.Pushes.All.Select(p => ((ResyncRequiredEvent)p.Event).ChatId), Is.EquivalentTo(new long?[] { 200, 100 }));
    }

    [Test]
    public void Marks_of_a_direct_chat_are_told_to_both_at_once()
    {
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.DirectChat, HubHarness.Bob, 9, 8)]);
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EquivalentTo(new[] { "user:11", "user:22" }));
        foreach (var (_, pushed) in _harness.Pushes.All)
            Assert.That(((ReceiptsAdvancedEvent)pushed).Receipts, Is.EqualTo(new[] { new ReceiptView(HubHarness.Bob, 9, 8) }));
    }

    [Test]
    public void The_connection_that_marked_has_the_result_and_needs_no_push()
    {
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.DirectChat, HubHarness.Bob, 9, 8, "phone")]);
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EquivalentTo(new[] { "user:11 except phone", "user:22 except phone" }));
    }

    [Test]
    public void Marks_of_both_people_are_told_together_to_both()
    {
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.DirectChat, HubHarness.Bob, 9, 8, "phone")]);
        _harness.ReceiptNotifier.Advanced(
        [
            new AdvancedReceipt(HubHarness.DirectChat, HubHarness.Bob, 10, 8, "phone"), new AdvancedReceipt(HubHarness.DirectChat, HubHarness.Ann, 10, 10, "desk"),
        ]);
        var together = _harness.Pushes.All.Skip(2).ToList();
        Assert.That(together.Select(p => p.To), Is.EquivalentTo(new[] { "user:11", "user:22" }));
        Assert.That(((ReceiptsAdvancedEvent)together[0].Event).Receipts.Select(r => r.UserId), Is.EquivalentTo(new[] { HubHarness.Ann, HubHarness.Bob }));
    }

    [Test]
    public void Marks_of_a_group_are_gathered_and_the_latest_of_each_person_counts()
    {
        for (var i = 1; i <= 50; i++)
        {
            _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.Group, HubHarness.Bob, i, 0), new AdvancedReceipt(HubHarness.Group, HubHarness.Carol, i, i)]);
            _harness.Time.Advance(TimeSpan.FromMilliseconds(2));
        }
        Assert.That(_harness.Pushes.All, Is.Empty);
        _harness.Time.Advance(TimeSpan.FromMilliseconds(100));
        var (to, pushed) = _harness.Pushes.All.Single();
        Assert.That(to, Is.EqualTo("chat:200"));
        Assert.That(((ReceiptsAdvancedEvent)pushed).Receipts, Is.EquivalentTo(new[] { new ReceiptView(HubHarness.Bob, 50, 0), new ReceiptView(HubHarness.Carol, 50, 50) }));
    }

    [Test]
    public void The_first_mark_of_a_group_waits_no_longer_than_the_delay()
    {
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.Group, HubHarness.Bob, 1, 0)]);
        _harness.Time.Advance(TimeSpan.FromMilliseconds(199));
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.Group, HubHarness.Bob, 2, 0)]);
        Assert.That(_harness.Pushes.All, Is.Empty);
        _harness.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(_harness.Pushes.All, Has.Count.EqualTo(1), "later marks do not put it off");
        _harness.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(_harness.Pushes.All, Has.Count.EqualTo(1), "and nothing is told twice");
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.Group, HubHarness.Bob, 3, 0)]);
        _harness.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.That(_harness.Pushes.All, Has.Count.EqualTo(2));
    }

    [Test]
    public void Groups_are_gathered_apart()
    {
        _harness.KnowsChat(201, "group", HubHarness.Ann, HubHarness.Bob);
        _harness.ReceiptNotifier.Advanced([new AdvancedReceipt(HubHarness.Group, HubHarness.Bob, 1, 0), new AdvancedReceipt(201, HubHarness.Bob, 2, 0)]);
        _harness.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EquivalentTo(new[] { "chat:200", "chat:201" }));
    }

    private IEnumerable<long> MessagesTo(string audience) =>
        _harness.Pushes.All.Where(p => p.To == audience).Select(p => ((MessageView)p.Event).MessageId);
}
