using Chat.Server.Errors;
using Chat.Server.Features.Presence;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary><c>ChatHub.Presence.cs</c> with the database mocked.</summary>
[TestFixture]
public sealed class PresenceCalls
{
    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new HubHarness();

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public async Task Typing_in_a_direct_chat_is_told_to_the_other_person(bool typing)
    {
        var result = await _harness.As(HubHarness.Ann).SetTyping(new SetTypingRequest(HubHarness.DirectChat, typing));
        Assert.That(result, Is.EqualTo(new SetTypingResult(HubHarness.DirectChat, HeardBy: true)));
        Assert.That(_harness.Pushes.All, Is.EqualTo(new[] { ("user:22", (object)new TypingChangedEvent(HubHarness.DirectChat, HubHarness.Ann, typing, TypingKinds.Text)) }));
    }

    [Test]
    public async Task Typing_in_a_group_is_told_to_its_group_but_not_to_the_connection_that_types()
    {
        await _harness.As(HubHarness.Ann, "phone").SetTyping(new SetTypingRequest(HubHarness.Group));
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EqualTo(new[] { "chat:200 except phone" }));
    }

    [TestCase(1, false)]
    [TestCase(100, true)]
    [TestCase(101, false)]
    public async Task Typing_is_not_told_where_nobody_would_care(int members, bool heard)
    {
        _harness.KnowsChat(HubHarness.Group, "group", [HubHarness.Ann, .. Enumerable.Range(1000, members - 1).Select(i => (long)i)]);
        var result = await _harness.As(HubHarness.Ann).SetTyping(new SetTypingRequest(HubHarness.Group));
        Assert.That((result.HeardBy, _harness.Pushes.All.Count), Is.EqualTo((heard, heard ? 1 : 0)));
    }

    [Test]
    public void Typing_of_a_stranger_is_not_found_and_not_told()
    {
        _harness.KnowsNoChat(999);
        foreach (var chat in new[] { HubHarness.DirectChat, 999 })
            Assert.That(
                Assert.ThrowsAsync<ChatException>(async () => await _harness.As(HubHarness.Carol).SetTyping(new SetTypingRequest(chat))).Code,
                Is.EqualTo(ErrorCodes.NotFound));
        Assert.That(_harness.Pushes.All, Is.Empty);
    }

    [Test]
    public async Task Watching_subscribes_to_those_who_may_be_seen_and_replaces_those_before()
    {
        var seen = DateTime.UnixEpoch;
        _harness.LastSeen.Setup(l => l.FindVisibleAsync(HubHarness.Ann, It.IsAny<IReadOnlyCollection<long>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((long _, IReadOnlyCollection<long> ids, CancellationToken _) => ids.Where(id => id != 99).ToDictionary(id => id, _ => (DateTime?)seen));
        _harness.PresenceStore.Setup(p => p.FindOnlineAsync(It.IsAny<IReadOnlyCollection<long>>())).ReturnsAsync(new PresentUsers([HubHarness.Bob], 7));
        var hub = _harness.As(HubHarness.Ann, "phone");

        var result = await hub.WatchPresence(new WatchPresenceRequest([HubHarness.Bob, HubHarness.Carol, 99, HubHarness.Bob]));
        Assert.That(result.Presences, Is.EquivalentTo(new[] { new PresenceView(HubHarness.Bob, true, null, 7), new PresenceView(HubHarness.Carol, false, seen, 7) }));
        foreach (var group in new[] { "presence:22", "presence:33" })
            _harness.Groups.Verify(g => g.AddToGroupAsync("phone", group, It.IsAny<CancellationToken>()), Times.Once);

        _harness.ConnectionGroups.Setup(g => g.IsIn("phone", "presence:33")).Returns(true);
        await hub.WatchPresence(new WatchPresenceRequest([HubHarness.Carol]));
        _harness.Groups.Verify(g => g.RemoveFromGroupAsync("phone", "presence:22", It.IsAny<CancellationToken>()), Times.Once);
        await hub.WatchPresence(new WatchPresenceRequest([]));
        _harness.Groups.Verify(g => g.RemoveFromGroupAsync("phone", "presence:33", It.IsAny<CancellationToken>()), Times.Once);
        _harness.Groups.VerifyNoOtherCalls();
    }
}
