using Chat.Data.Search;

namespace Chat.Server.Tests.Search;

/// <summary>How far a chat is indexed in one transaction.</summary>
[TestFixture]
public sealed class StepsOfTheIndex
{
    [Test]
    public void All_of_it_where_it_is_little()
    {
        var step = Step(from: (10, 3), head: (15, 3));
        Assert.That(step.To, Is.EqualTo(new ChatIndexPosition(7, 15, 3)));
        Assert.That((step.HasMessages, step.HasChanges, step.IsLast), Is.EqualTo((true, false, true)));
        Assert.That(step.MessageRange, Is.EqualTo("(chat_id = 7 AND message_id BETWEEN 11 AND 15)"));
    }

    [Test]
    public void The_oldest_first_where_it_is_much_of_messages_and_of_changes()
    {
        var step = Step(from: (0, 3), head: (350, 1000));
        Assert.That(step.To, Is.EqualTo(new ChatIndexPosition(7, 100, 103)));
        Assert.That(step.IsLast, Is.False);
        Assert.That(step.ChangeRange, Is.EqualTo("(chat_id = 7 AND change_id BETWEEN 4 AND 103)"));
        Assert.That(Step(from: (250, 1000), head: (350, 1000)).IsLast, "just as much as goes into one");
        Assert.That(Step(from: (350, 800), head: (350, 1000)).IsLast, Is.False, "changes alone are work as well");
    }

    [Test]
    public void Nothing_where_nothing_is_new_and_never_back()
    {
        Assert.That(Step(from: (15, 3), head: (15, 3)) is { HasMessages: false, HasChanges: false, IsLast: true });
        Assert.That(Step(from: (15, 3), head: (12, 0)) is { To: { MessageId: 15, ChangeId: 3 }, HasMessages: false, HasChanges: false, IsLast: true });
    }

    private static IndexStep Step((long Message, long Change) from, (long Message, long Change) head) => new(
        new ChatIndexPosition(7, from.Message, from.Change), new ChatIndexPosition(7, head.Message, head.Change), Limit: 100);
}
