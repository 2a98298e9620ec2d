using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>Four people with their chats, on one node or several, who live through one scenario.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly Scene _scene;
    private readonly List<Device> _devices = [];

    private World(Scene scene) => _scene = scene;

    /// <exception cref="BrokenPromiseException">Something is not as promised.</exception>
    public static async Task RunAsync(TestDatabase database, IReadOnlyList<ChatServerFactory> nodes, Scenario scenario)
    {
        await using var world = new World(new Scene(database, nodes, new Findings()));
        await world.BeginAsync();
        await world.LiveAsync(scenario);
        await new Ending(world._scene, world._devices, scenario).CheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices) await device.DisposeAsync();
    }

    private async Task BeginAsync()
    {
        var nodes = _scene.Addresses;
        foreach (var name in Scenario.Devices.Select(d => d[..1]).Distinct())
            _scene.People.Add(new Person(name, await TestAccount.RegisterAsync(nodes[0], name, TestClient.NextPhoneNumber()), _scene.Findings));
        await Task.WhenAll(_scene.People.Select(HaveAFaceAsync));
        foreach (var (name, i) in Scenario.Devices.Select((d, i) => (d, i)))
        {
            _devices.Add(new Device(name, _scene.People.Single(p => p.Name == name[..1]), _scene));
            await _devices[i].ConnectAsync(nodes[i % nodes.Count]);
        }
        var (a, b, c, d) = (_scene.People[0].UserId, _scene.People[1].UserId, _scene.People[2].UserId, _scene.People[3].UserId);
        await OpenAsync(0, nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(b));
        await OpenAsync(0, nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "of A", [b, c]));
        await OpenAsync(4, nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "of D", [a, b, c]));
        await OpenAsync(3, nameof(ChatHub.OpenDirectChat), new OpenDirectChatRequest(d));
        await OpenAsync(0, nameof(ChatHub.OpenSavedMessages), new OpenSavedMessagesRequest());
        await OpenAsync(0, nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "channel", Username: _scene.ChannelName));
        await ChangeAsync(nameof(ChatHub.AddMembers), new AddMembersRequest(_scene.Channel, [b, c]));
        await ChangeAsync(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(_scene.Channel, b));
        // Messages go from here, unless somebody sets it otherwise.
        await _devices[0].Connected!.CallAsync<SetDisappearingResult>(nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(_scene.Chats[1], 86_400));
        // For one, for two, and into the channel for anybody who is let in.
        foreach (var (device, chat, kind) in new[] { (0, _scene.Chats[1], 1), (4, _scene.Chats[2], 2), (0, _scene.Channel, 0) })
            await new DoorActs(_devices[device], _devices[device].Connected!).DoAsync(new Step(device, Act.CreateInvite, 0, kind, Alone: true), chat);
    }

    private async Task HaveAFaceAsync(Person person)
    {
        var picture = await _scene.Files.UploadAsync(person, Files.Image(_scene.People.IndexOf(person)));
        await _scene.Files.SetProfileAsync(person, new { status = $"status of {person.Name}", pictureMediaId = picture });
    }

    /// <summary>The one who opens a chat holds it, and a direct chat the other one, too; everybody else hears of it.</summary>
    private async Task OpenAsync(int device, string method, object request)
    {
        var head = await _devices[device].Connected!.CallAsync<ChatView>(method, request);
        _scene.Chats.Add(head.ChatId);
        if (head.Peer is { } peer && peer.UserId != _devices[device].Me) ShareReading(head.ChatId, _devices[device].Person, _scene.PersonOf(peer.UserId));
        foreach (var each in _devices.Where(d => d.Name == Scenario.Devices[device] || d.Me == head.Peer?.UserId))
            lock (each.Gate) each.Connected!.Meet(head.ChatId);
        await Deadline.UntilAsync(() => _devices.All(d => d.IsIdle), "the chat is there");
    }

    private void ShareReading(long chatId, Person one, Person other)
    {
        var reading = new DirectReading(chatId, one, other, _scene.HearsLonger, _scene.Findings);
        one.Readings.Add(reading);
        other.Readings.Add(reading);
    }

    private Task ChangeAsync(string method, object request) => _devices[0].Connected!.CallAsync<MembershipResult>(method, request);

    /// <summary>Steps begin in their order; those of one device follow each other, those of several overlap.</summary>
    private async Task LiveAsync(Scenario scenario)
    {
        var acting = _devices.Select(d => new Acting(d, _scene)).ToList();
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
}
