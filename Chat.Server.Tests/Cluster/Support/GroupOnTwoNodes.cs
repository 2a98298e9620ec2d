using Chat.Server.Hubs;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>A group of Ann's on the first node, with Bob and Cem on the second. Every node's bus can be made to lose news.</summary>
internal sealed class GroupOnTwoNodes : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _toDispose = [];
    private readonly Dictionary<string, string> _settings;

    private GroupOnTwoNodes(TestDatabase database, Dictionary<string, string> settings, long chatId)
    {
        (Database, _settings, ChatId) = (database, settings, chatId);
        _toDispose.Add(database);
    }

    public TestDatabase Database { get; }

    public ChatServerFactory One { get; private set; } = null!;

    public ChatServerFactory Two { get; private set; } = null!;

    public TestClient Ann { get; private set; } = null!;

    public TestClient Bob { get; private set; } = null!;

    public TestClient Cem { get; private set; } = null!;

    public long ChatId { get; private set; }

    /// <param name="checkInterval">How often connections are compared with the database; never during a test, unless it says so.</param>
    public static async Task<GroupOnTwoNodes> StartAsync(string redis, TimeSpan? checkInterval = null)
    {
        var settings = TestSettings.Unthrottled(new()
        {
            ["ConnectionStrings:Redis"] = redis, ["Redis:KeyPrefix"] = TestRedis.NewPrefix(),
            ["Redis:CheckInterval"] = (checkInterval ?? TimeSpan.FromHours(1)).ToString(),
        });
        var scene = new GroupOnTwoNodes(await TestDatabase.CreateAsync(), settings, chatId: 0);
        scene.One = scene.AddNode();
        scene.Two = scene.AddNode();
        // Until then a node drops what the other one pushes to chats.
        await Deadline.UntilAsync(() => IsOpen(scene.One) && IsOpen(scene.Two), "the nodes hear each other");
        scene.Ann = await scene.AddPersonAsync(scene.One, "Ann");
        scene.Bob = await scene.AddPersonAsync(scene.Two, "Bob");
        scene.Cem = await scene.AddPersonAsync(scene.Two, "Cem");
        scene.ChatId = (await scene.Ann.CreateGroupAsync("Group", scene.Bob, scene.Cem)).ChatId;
        await scene.Bob.UntilInAsync(scene.ChatId);
        await scene.Cem.UntilInAsync(scene.ChatId);
        return scene;
    }

    public ChatServerFactory AddNode()
    {
        var node = new ChatServerFactory(Database.ConnectionString, _settings, DroppingBus.Register);
        _toDispose.Add(node);
        _ = node.Address;
        return node;
    }

    public async Task<TestClient> AddDeviceAsync(ChatServerFactory node, TestClient person)
    {
        var device = await TestClient.ConnectAsync(node.Address, person.Account);
        _toDispose.Add(device);
        return device;
    }

    public Task RemoveBobAsync() =>
        Ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(ChatId, Bob.UserId));

    /// <summary>What people wrote that reached Bob.</summary>
    public IEnumerable<MessageView> HeardByBob() => Bob.Messages.All.Where(message => message.System is null);

    public static DroppingBus BusOf(ChatServerFactory node) => (DroppingBus)node.Services.GetRequiredService<IClusterBus>();

    /// <summary>Bob's node noticed by itself that he was still subscribed, and told him so; the first word came from who removed him.</summary>
    public Task BobIsToldAgainAsync() => Bob.ChatsRemoved.WaitForCountAsync(2);

    private static bool IsOpen(ChatServerFactory node) => node.Services.GetRequiredService<ChatPushGate>().IsOpen;

    public async ValueTask DisposeAsync()
    {
        _toDispose.Reverse();
        foreach (var one in _toDispose) await one.DisposeAsync();
    }

    private async Task<TestClient> AddPersonAsync(ChatServerFactory node, string name)
    {
        var person = await TestClient.RegisterAsync(node.Address, name);
        _toDispose.Add(person);
        return person;
    }
}
