using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>Four people with their chats, on one node or several, who live through one scenario.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly TestDatabase _database;
    private readonly IReadOnlyList<Uri> _nodes;
    private readonly Findings _findings = new();
    private readonly List<Person> _people = [];
    private readonly List<Device> _devices = [];
    private readonly List<long> _chats = [];

    private World(TestDatabase database, IReadOnlyList<Uri> nodes) => (_database, _nodes) = (database, nodes);

    /// <exception cref="BrokenPromiseException">Something is not as promised.</exception>
    public static async Task RunAsync(TestDatabase database, IReadOnlyList<Uri> nodes, Scenario scenario)
    {
        await using var world = new World(database, nodes);
        await world.BeginAsync();
        await world.LiveAsync(scenario);
        await world.EndAsync(blocked: scenario.Steps.Any(step => step.Act is Act.Block));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices) await device.DisposeAsync();
    }

    private async Task BeginAsync()
    {
        foreach (var name in Scenario.Devices.Select(d => d[..1]).Distinct())
            _people.Add(new Person(name, await TestAccount.RegisterAsync(_nodes[0], name, TestClient.NextPhoneNumber()), _findings));
        foreach (var (name, i) in Scenario.Devices.Select((d, i) => (d, i)))
        {
            _devices.Add(new Device(name, _people.Single(p => p.Name == name[..1]), _findings));
            await _devices[i].ConnectAsync(_nodes[i % _nodes.Count]);
        }
        var (a, b, c, d) = (_people[0].UserId, _people[1].UserId, _people[2].UserId, _people[3].UserId);
        await OpenAsync(0, nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(b));
        await OpenAsync(0, nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "of A", [b, c]));
        await OpenAsync(4, nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "of D", [a, b, c]));
        await OpenAsync(3, nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(d));
        await OpenAsync(0, nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "channel", Username: $"channel_{a}"));
        await ChangeAsync(nameof(ChatHub.AddMembers), new AddMembersRequest(_chats[^1], [b, c]));
        await ChangeAsync(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(_chats[^1], b));
    }

    /// <summary>The one who opens a chat holds it, and a direct chat the other one, too; everybody else hears of it.</summary>
    private async Task OpenAsync(int device, string method, object request)
    {
        var head = await _devices[device].Connected!.CallAsync<ChatView>(method, request);
        _chats.Add(head.ChatId);
        foreach (var each in _devices.Where(d => d.Name == Scenario.Devices[device] || d.Me == head.Peer?.UserId))
            lock (each.Gate) each.Connected!.Meet(head.ChatId);
        await Deadline.UntilAsync(() => _devices.All(d => d.IsIdle), "the chat is there");
    }

    private Task ChangeAsync(string method, object request) => _devices[0].Connected!.CallAsync<MembershipResult>(method, request);

    /// <summary>Steps begin in their order; those of one device follow each other, those of several overlap.</summary>
    private async Task LiveAsync(Scenario scenario)
    {
        var acting = _devices.Select(d => new Acting(d, _people, _chats, _nodes)).ToList();
        var last = _devices.Select(_ => Task.CompletedTask).ToArray();
        foreach (var step in scenario.Steps)
        {
            if (step.Alone) await Task.WhenAll(last);
            var before = last[step.Device];
            last[step.Device] = Task.Run(async () =>
            {
                await before;
                await acting[step.Device].DoAsync(step);
            });
        }
        await Task.WhenAll(last);
    }

    private async Task EndAsync(bool blocked)
    {
        // Who stayed connected must know everything by what was pushed; who was away comes back.
        foreach (var (device, i) in _devices.Select((d, i) => (d, i)))
            if (device.Connected is null) await ConnectAsync(device, i);
        // Under a block nothing is told of messages that never arrive, but for their numbers; nor is every reader told how many a channel has.
        string[] untold = [" (channel) size", .. blocked ? [" (direct) positions", " marks of the other"] : Array.Empty<string>()];
        await CompareAsync("after it has heard everything", untold);
        foreach (var (device, i) in _devices.Select((d, i) => (d, i)))
        {
            await device.BreakOffAsync();
            await ConnectAsync(device, i + 1);
        }
        await CompareAsync("after it was away and caught up", untold: []);
        var hearsLonger = _nodes.Count > 1 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
        await new Promises(_database, _people, _chats, hearsLonger, _findings).CheckAsync();
        _findings.ThrowIfAny();
    }

    private async Task ConnectAsync(Device device, int node)
    {
        await device.ConnectAsync(_nodes[node % _nodes.Count]);
        await device.SendOutboxAsync();
    }

    /// <summary>Pushes take a moment: each device has some time to come to what a fresh reader sees.</summary>
    private async Task CompareAsync(string when, IReadOnlyList<string> untold)
    {
        foreach (var person in _people)
        {
            await using var session = new Session(_nodes[0], person, $"{person.Name} reading afresh", _findings);
            await session.Hub.StartAsync();
            var end = TimeProvider.System.GetUtcNow() + Settling;
            while (true)
            {
                var server = await new FreshReader(person, session, _findings).ReadAsync();
                var differences = _devices.Where(d => d.Person == person)
                    .SelectMany(d => Picture.Of(d).DifferencesFrom(server, untold).Select(line => $"{d.Name} {when}: {line}")).ToList();
                if (differences.Count == 0 && _devices.All(d => d.IsIdle)) break;
                if (TimeProvider.System.GetUtcNow() > end)
                {
                    foreach (var difference in differences) _findings.Fault(difference);
                    if (differences.Count == 0) _findings.Fault($"{when}: somebody still asks for something.");
                    break;
                }
                await Task.Delay(Look);
            }
        }
        _findings.ThrowIfAny();
    }
}
