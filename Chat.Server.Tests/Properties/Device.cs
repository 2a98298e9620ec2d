using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>
/// A client that keeps what a real one would: chats with all their messages, applied from events and, after it was away or behind a hole,
/// caught up with (<see cref="CatchUp"/>). All of its state is guarded by <see cref="Gate"/>.
/// </summary>
internal sealed class Device(string name, Person person, Scene scene) : IAsyncDisposable
{
    private int _pending;

    public string Name => name;

    public Person Person => person;

    public long Me => person.UserId;

    public Scene Scene => scene;

    public Findings Findings => scene.Findings;

    public Lock Gate { get; } = new();

    public Dictionary<long, ChatState> Chats { get; } = [];

    /// <summary>Messages that wait for their time.</summary>
    public IReadOnlyList<ScheduledMessageView> Scheduled { get; set; } = [];

    /// <summary>Null until they were asked for.</summary>
    public SettingsView? Settings { get; private set; }

    /// <summary>Sends without an answer, in order: they are repeated on the next connection.</summary>
    public List<SendMessageRequest> Outbox { get; } = [];

    /// <summary>Null while away.</summary>
    public CatchUp? Connected { get; private set; }

    /// <summary>Whether nothing is being asked for.</summary>
    public bool IsIdle => Volatile.Read(ref _pending) == 0;

    /// <summary>One of the others.</summary>
    public Person OtherThanMe(int target)
    {
        var others = scene.People.Where(p => p != person).ToList();
        return others[target % others.Count];
    }

    public async Task ConnectAsync(Uri server)
    {
        var session = new Session(server, person, name, Findings);
        var connected = new CatchUp(this, session);
        DeviceEvents.Subscribe(this, connected);
        // What was half loaded is loaded anew.
        lock (Gate)
            foreach (var chat in Chats.Where(c => !c.Value.IsLoaded).ToList()) Chats.Remove(chat.Key);
        await session.Hub.StartAsync();
        Connected = connected;
        await connected.EverythingAsync();
    }

    public async Task BreakOffAsync()
    {
        if (Connected is not { } connected) return;
        Connected = null;
        await connected.Session.DisposeAsync();
    }

    public void Apply(SettingsView settings)
    {
        if (settings.Version >= (Settings?.Version ?? 0)) Settings = settings;
    }

    /// <summary>Lets work run beside; what it throws is a fault, unless the connection was broken off.</summary>
    public void Run(Func<Task> work)
    {
        Interlocked.Increment(ref _pending);
        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (BrokenOffException)
            {
                // The next connection catches up.
            }
            catch (Exception exception)
            {
                Findings.Fault($"{name}: {exception}");
            }
            finally
            {
                Interlocked.Decrement(ref _pending);
            }
        });
    }

    /// <summary>Repeats what got no answer, in order.</summary>
    public async Task SendOutboxAsync()
    {
        while (Outbox.Count > 0)
        {
            try
            {
                await SendAsync(Outbox[0]);
            }
            catch (RefusedException refused)
            {
                Findings.Happened($"{name} repeats a send: {refused.Message}");
            }
            catch (BrokenOffException)
            {
                return;
            }
            Outbox.RemoveAt(0);
        }
    }

    /// <exception cref="RefusedException"/>
    /// <exception cref="BrokenOffException"/>
    public async Task<SendMessageResult> SendAsync(SendMessageRequest request)
    {
        var connected = Connected ?? throw new BrokenOffException(new InvalidOperationException("It is away."));
        var result = await connected.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);
        if (!person.Sent.TryAdd(request.ClientMessageId, (request, result))) CheckRepeated(request, result);
        connected.Sent(request, result);
        return result;
    }

    public async ValueTask DisposeAsync() => await BreakOffAsync();

    private void CheckRepeated(SendMessageRequest request, SendMessageResult result)
    {
        var first = person.Sent[request.ClientMessageId].Result;
        // What was deleted meanwhile is no longer signed; what was made to expire has an earlier time.
        var expiresAt = result.ExpiresAt < first.ExpiresAt ? first.ExpiresAt : result.ExpiresAt;
        if (!result.Duplicate || result with { Duplicate = first.Duplicate, Signature = result.Signature ?? first.Signature, ExpiresAt = expiresAt } != first)
            Findings.Fault($"{name}: a repeated send answered {result}, and at first {first}.");
    }
}
