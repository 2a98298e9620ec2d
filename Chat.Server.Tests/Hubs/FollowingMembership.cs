using Chat.Data;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary>Connections join and leave a chat's group as its roster says.</summary>
[TestFixture]
public sealed class FollowingMembership
{
    private const string Chat = "chat:200";

    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp()
    {
        _harness = new HubHarness();
        foreach (var (connection, user) in new[] { ("ann", HubHarness.Ann), ("bob", HubHarness.Bob), ("carol", HubHarness.Carol) })
            Connect(connection, user);
    }

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [Test]
    public async Task A_roster_that_was_not_believed_in_is_applied_to_all_and_told_to_whom_it_changes_something()
    {
        IsIn("ann", "bob");
        _harness.KnowsChat(HubHarness.Group, "group", HubHarness.Ann, HubHarness.Carol);
        await _harness.MessageNotifier.RosterChangedAsync(HubHarness.Group);

        Joined("ann", "carol");
        Left("bob");
        Assert.That(_harness.Pushes.All, Is.EquivalentTo(new (string, object)[]
        {
            ("connection bob", new ChatRemovedEvent(HubHarness.Group)),
            ("connection carol", new ResyncRequiredEvent(HubHarness.Group, "this connection was not subscribed to the chat")),
        }));
        _harness.Bus.Verify(b => b.Tell(It.Is<ClusterNews>(news => news.Kind == ClusterNewsKinds.RosterChanged && news.Id == HubHarness.Group)), Times.Once);
    }

    [Test]
    public async Task A_change_that_was_told_of_is_applied_to_those_concerned_without_a_word()
    {
        IsIn("ann", "bob");
        _harness.KnowsChat(HubHarness.Group, "group", HubHarness.Ann, HubHarness.Carol);
        await _harness.Membership.RefreshAsync(HubHarness.Group, [HubHarness.Bob, HubHarness.Carol]);
        Joined("carol");
        Left("bob");
        Assert.That(_harness.Pushes.All, Is.Empty, "who changed it tells them");
    }

    [Test]
    public async Task Who_is_added_on_another_node_is_asked_to_catch_up_and_who_is_removed_there_was_told_there()
    {
        IsIn("ann", "bob");
        _harness.KnowsChat(HubHarness.Group, "group", HubHarness.Ann, HubHarness.Carol);
        await _harness.Membership.FollowAsync(HubHarness.Group, [HubHarness.Bob, HubHarness.Carol]);
        Joined("carol");
        Left("bob");
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EqualTo(new[] { "connection carol" }));
    }

    [Test]
    public async Task While_the_roster_cannot_be_read_everybody_is_left_out_and_nobody_is_told_to_be_gone()
    {
        IsIn("ann", "bob");
        _harness.RosterReader.Setup(r => r.GetAsync(HubHarness.Group, It.IsAny<CancellationToken>())).ThrowsAsync(new DataUnavailableException(new IOException()));
        await _harness.Membership.CompareHereAsync(HubHarness.Group);
        Left("ann", "bob");
        Assert.That(_harness.Pushes.All, Is.Empty);
    }

    [Test]
    public async Task Who_is_being_set_up_is_not_told()
    {
        _harness.Registry.Add(new LocalConnection("tablet", HubHarness.Carol, 1, () => { }));
        IsIn("ann", "bob", "carol");
        await _harness.Membership.CompareHereAsync(HubHarness.Group, [HubHarness.Carol]);
        Joined("carol", "tablet");
        Assert.That(_harness.Pushes.All, Is.Empty);
    }

    private void Connect(string connectionId, long userId)
    {
        var connection = new LocalConnection(connectionId, userId, 1, () => { });
        connection.SetUp();
        _harness.Registry.Add(connection);
    }

    private void IsIn(params string[] connections)
    {
        foreach (var connection in connections) _harness.ConnectionGroups.Setup(g => g.IsIn(connection, Chat)).Returns(true);
    }

    private void Joined(params string[] connections) =>
        Assert.That(Invoked("AddToGroupAsync"), Is.EquivalentTo(connections));

    private void Left(params string[] connections) =>
        Assert.That(Invoked("RemoveFromGroupAsync"), Is.EquivalentTo(connections));

    private IEnumerable<object?> Invoked(string method) => _harness.Groups.Invocations.Where(i => i.Method.Name == method).Select(i => i.Arguments[0]);
}
