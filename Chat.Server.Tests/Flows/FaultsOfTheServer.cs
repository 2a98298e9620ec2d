using Chat.Data;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Chat.Server.Tests.Flows;

/// <summary>What goes wrong inside is told as such: with a code, a trace id, and none of its text.</summary>
[TestFixture]
public sealed class FaultsOfTheServer
{
    private const string Secret = "SELECT secret FROM inside";

    private TestDatabase _database = null!;
    private ChatServerFactory _server = null!;
    private readonly Mock<IHistoryReader> _history = new();
    private FaultyRosters _rosters = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateAsync();
        _server = new ChatServerFactory(_database.ConnectionString, TestSettings.Unthrottled([]), services =>
        {
            services.AddSingleton(_history.Object);
            services.AddSingleton<IRosterReader>(s => _rosters = new FaultyRosters(new RosterRepository(s.GetRequiredService<ChatDatabase>())));
        });
        _ = _server.Address;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task An_unexpected_fault_is_internal_and_is_found_in_the_log_by_its_trace_id()
    {
        await using var ann = await TestClient.RegisterAsync(_server.Address, "Ann");
        _history.Setup(h => h.SyncAsync(1, ann.UserId, It.IsAny<long>(), It.IsAny<SyncMarks>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new InvalidCastException(Secret));
        var error = await ann.RefusalAsync("SyncChat", new SyncChatRequest(1, 0));
        Assert.That(error, Does.Match("^internal: a fault of the server \\(trace [0-9a-f]{32}\\)$"));
        var trace = error[^33..^1];
        Assert.That(_server.Logs.Lines, Has.Some.Contains(trace).And.Some.Contains(Secret));
        Assert.That(await ann.RefusalAsync("GetChat", new GetChatRequest(1)), Does.StartWith("not_found: "), "the connection goes on");
    }

    [Test]
    public async Task A_database_that_is_away_is_unavailable()
    {
        await using var ann = await TestClient.RegisterAsync(_server.Address, "Ann");
        _history.Setup(h => h.SyncAsync(2, ann.UserId, It.IsAny<long>(), It.IsAny<SyncMarks>(), It.IsAny<int>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new DataUnavailableException(new IOException(Secret)));
        var error = await ann.RefusalAsync("SyncChat", new SyncChatRequest(2, 0));
        Assert.That(error, Does.StartWith("unavailable: ").And.Not.Contain(Secret));
    }

    [Test]
    public async Task A_connection_that_cannot_be_set_up_is_closed_and_leaves_nothing_behind()
    {
        await using var ann = await TestClient.RegisterAsync(_server.Address, "Ann");
        var registry = _server.Services.GetRequiredService<ConnectionRegistry>();
        await ann.ListChatsAsync();
        Assert.That(registry.Of(ann.UserId), Has.Count.EqualTo(1));
        _rosters.Fault = new DataUnavailableException(new IOException(Secret));
        try
        {
            await using var socket = await RawHubSocket.ConnectAsync(_server.Address, ann.Account.AccessToken);
            await socket.Closed.OrDeadline();
            Assert.That(socket.Records.Last(), Does.Contain("\"type\":7").And.Contain("unavailable: ").And.Not.Contain(Secret));
        }
        finally
        {
            _rosters.Fault = null;
        }
        Assert.That(registry.Of(ann.UserId), Has.Count.EqualTo(1), "what did not come about is not registered");
        Assert.That(ann.Closed.Task.IsCompleted, Is.False);
    }

    private sealed class FaultyRosters(IRosterReader inner) : IRosterReader
    {
        public Exception? Fault { get; set; }

        public Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken) => inner.GetAsync(chatId, cancellationToken);

        public Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken) =>
            Fault is { } fault ? Task.FromException<IReadOnlyList<long>>(fault) : inner.ListGroupIdsAsync(userId, cancellationToken);

        public Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            inner.ListGroupIdsAsync(userIds, cancellationToken);

        public Task<IReadOnlyList<long>> ListPresentAsync(long chatId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            inner.ListPresentAsync(chatId, userIds, cancellationToken);
    }
}
