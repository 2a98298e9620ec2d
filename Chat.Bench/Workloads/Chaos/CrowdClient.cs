using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// One of many who are only there: connects, fetches its chat list, and comes back whenever its connection ends, with the back-off of the
/// web client: a random wait up to a second, doubling to 30 s.
/// </summary>
internal sealed class CrowdClient(BenchUser user) : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stopping = new();
    private volatile HubCaller? _caller;
    private Task _loop = Task.CompletedTask;

    /// <summary>Connected, and its chat list answered.</summary>
    public bool IsIn => _caller is { Completion.IsCompleted: false };

    /// <summary>Attempts that ended without a connection.</summary>
    public int Refused { get; private set; }

    public void Start() => _loop = RunAsync();

    public void Drop() => _caller?.Abort();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Drop();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (var attempt = 0; !_stopping.IsCancellationRequested; attempt++)
            {
                var ceiling = FirstWait * Math.Pow(2, Math.Min(attempt, 10));
                await Task.Delay((ceiling < LongestWait ? ceiling : LongestWait) * Random.Shared.NextDouble(), _stopping.Token);
                if (await LiveAsync()) attempt = -1;
                else Refused++;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <returns>Whether there was a connection; then it has ended.</returns>
    private async Task<bool> LiveAsync()
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            timeout.CancelAfter(ConnectTimeout);
            await using var caller = await HubCaller.ConnectAsync(user.Hub, user.AccessToken, events: null, timeout.Token);
            await caller.InvokeAsync<PayloadLength>(nameof(ChatHub.ListChats), new ListChatsRequest(Cursor: null, Limits.PageSize), timeout.Token);
            _caller = caller;
            await caller.Completion.WaitAsync(_stopping.Token);
            return true;
        }
        catch (Exception exception) when (exception is HubConnectException or HubClosedException or HubCallException
            || (exception is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            return false;
        }
    }
}
