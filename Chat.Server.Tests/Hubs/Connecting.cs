using Chat.Data;
using Chat.Server.Errors;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary>Setting a connection up, and the registry of those that are.</summary>
[TestFixture]
public sealed class Connecting
{
    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new HubHarness();

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [Test]
    public async Task A_connection_is_subscribed_to_its_user_and_groups_and_then_registered_until_its_end()
    {
        _harness.RosterReader.Setup(r => r.ListGroupIdsAsync(HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync([7, 8]);
        var hub = _harness.As(HubHarness.Ann, "phone");
        await hub.OnConnectedAsync();
        foreach (var group in new[] { "user:11", "chat:7", "chat:8" })
            _harness.Groups.Verify(g => g.AddToGroupAsync("phone", group, It.IsAny<CancellationToken>()), Times.Once);
        var connection = _harness.Registry.Of(HubHarness.Ann).Single();
        Assert.That((connection.ConnectionId, connection.UserId, connection.SessionId), Is.EqualTo(("phone", HubHarness.Ann, HubHarness.Ann * 10)));
        await hub.OnDisconnectedAsync(null);
        Assert.That((_harness.Registry.Count, _harness.Registry.Of(HubHarness.Ann).Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Whoever_is_added_or_removed_meanwhile_is_noticed()
    {
        var lists = new Queue<long[]>([[7], [7, 8], [8]]);
        _harness.RosterReader.Setup(r => r.ListGroupIdsAsync(HubHarness.Ann, It.IsAny<CancellationToken>())).ReturnsAsync(() =>
        {
            var ids = lists.Dequeue();
            // Somebody changes the user's groups right after each reading but the last.
            if (lists.Count > 0) _harness.Registry.MembershipChanged(HubHarness.Ann);
            return ids;
        });
        await _harness.As(HubHarness.Ann, "phone").OnConnectedAsync();
        Assert.That(lists, Is.Empty);
        _harness.Groups.Verify(g => g.AddToGroupAsync("phone", "chat:8", It.IsAny<CancellationToken>()), Times.Once);
        _harness.Groups.Verify(g => g.RemoveFromGroupAsync("phone", "chat:7", It.IsAny<CancellationToken>()), Times.Once);
    }

    [Test]
    public void A_session_that_has_ended_gets_no_connection()
    {
        _harness.Sessions.Setup(s => s.EnsureLiveAsync(It.IsAny<System.Security.Claims.ClaimsPrincipal>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(ChatException.Unauthenticated("this session has ended"));
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).OnConnectedAsync());
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.Unauthenticated));
        Assert.That(_harness.Registry.Count, Is.Zero);
        _harness.Groups.VerifyNoOtherCalls();
    }

    [Test]
    public async Task The_session_is_looked_at_after_the_connection_can_be_found()
    {
        // The other order would miss a session that ends in between.
        var registered = false;
        _harness.Sessions.Setup(s => s.EnsureLiveAsync(It.IsAny<System.Security.Claims.ClaimsPrincipal>(), It.IsAny<CancellationToken>()))
            .Callback(() => registered = _harness.Registry.Of(HubHarness.Ann).Count == 1).Returns(Task.CompletedTask);
        await _harness.As(HubHarness.Ann).OnConnectedAsync();
        Assert.That(registered, Is.True);
    }

    [Test]
    public void A_failed_set_up_leaves_nothing_behind()
    {
        _harness.RosterReader.Setup(r => r.ListGroupIdsAsync(HubHarness.Ann, It.IsAny<CancellationToken>())).ThrowsAsync(new DataUnavailableException(new IOException()));
        Assert.ThrowsAsync<DataUnavailableException>(() => _harness.As(HubHarness.Ann).OnConnectedAsync());
        Assert.That(_harness.Registry.Count, Is.Zero);
    }

    [Test]
    public async Task A_session_takes_its_connections_along_and_no_others()
    {
        var aborted = new List<string>();
        foreach (var (connection, session) in new[] { ("a", 1L), ("b", 2L), ("c", 1L) })
            _harness.Registry.Add(new LocalConnection(connection, HubHarness.Ann, session, () => aborted.Add(connection)));
        _harness.Registry.Add(new LocalConnection("d", HubHarness.Bob, 1, () => aborted.Add("d")));
        await new SessionConnections(_harness.Registry, new Chat.Server.Realtime.Cluster.SingleNode()).RevokedAsync(HubHarness.Ann, [1], CancellationToken.None);
        Assert.That(aborted, Is.EqualTo(new[] { "a", "c" }));
    }

    [Test]
    public async Task Many_connections_come_and_go_at_once()
    {
        var registry = new ConnectionRegistry();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                registry.Add(new LocalConnection($"{worker}", i % 3, 1, () => { }));
                registry.MembershipChanged(i % 3);
                Assert.That(registry.Of(i % 3).Select(c => c.ConnectionId), Does.Contain($"{worker}"));
                registry.Remove(i % 3, $"{worker}");
            }
        })));
        Assert.That(registry.Count, Is.Zero);
    }
}
