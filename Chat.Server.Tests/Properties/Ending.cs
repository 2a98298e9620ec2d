namespace Chat.Server.Tests.Properties;

/// <summary>After a scenario: every device comes to what a fresh reader sees, by what it heard and by catching up, and what was promised holds.</summary>
internal sealed class Ending(Scene scene, IReadOnlyList<Device> devices, Scenario scenario)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<Person, FreshRead> _read = [];

    public async Task CheckAsync()
    {
        // Who stayed connected must know everything by what was pushed; who was away comes back.
        foreach (var (device, i) in devices.Select((d, i) => (d, i)))
            if (device.Connected is null) await ConnectAsync(device, i);
        await CompareAsync("after it has heard everything", Untold());
        foreach (var (device, i) in devices.Select((d, i) => (d, i)))
        {
            await device.BreakOffAsync();
            await ConnectAsync(device, i + 1);
        }
        // A client keeps what it knew to be read before receipts were switched off.
        await CompareAsync("after it was away and caught up", person => [.. person.Readings.Where(r => r.Hidden is not null).Select(r => Picture.ReadOfOther(r.ChatId))]);
        await new Promises(scene).CheckAsync();
        await new TimePromises(scene, devices, _read).CheckAsync();
        await new DoorPromises(scene, _read).CheckAsync();
        await new PrivacyPromises(scene, _read).CheckAsync();
        await new FilePromises(scene, _read).CheckAsync();
        scene.Findings.ThrowIfAny();
    }

    /// <summary>What nobody is told, and only shows where one looks.</summary>
    private Func<Person, IReadOnlyList<string>> Untold()
    {
        List<string> untold = [" (channel) size"];
        // Under a block nothing is told of messages that never arrive, but for their numbers.
        if (Has(Act.Block)) untold.AddRange([" (direct) positions", " delivered to the other", " read by the other"]);
        // What was read while receipts were off is not told afterwards either.
        if (Has(Act.ReadReceipts)) untold.Add(" read by the other");
        return _ => untold;
    }

    private bool Has(Act act) => scenario.Steps.Any(step => step.Act == act);

    private async Task ConnectAsync(Device device, int node)
    {
        await device.ConnectAsync(scene.Addresses[node % scene.Addresses.Count]);
        await device.SendOutboxAsync();
    }

    /// <summary>Pushes take a moment: each device has some time to come to what a fresh reader sees.</summary>
    private async Task CompareAsync(string when, Func<Person, IReadOnlyList<string>> untold)
    {
        foreach (var person in scene.People)
        {
            await using var session = new Session(scene.Addresses[0], person, $"{person.Name} reading afresh", scene.Findings);
            await session.Hub.StartAsync();
            var end = TimeProvider.System.GetUtcNow() + Settling;
            while (true)
            {
                var server = _read[person] = await new FreshReader(person, session, scene.Findings).ReadAsync();
                var differences = devices.Where(d => d.Person == person)
                    .SelectMany(d => Picture.Of(d).DifferencesFrom(server.Picture, untold(person)).Select(line => $"{d.Name} {when}: {line}")).ToList();
                if (differences.Count == 0 && devices.All(d => d.IsIdle)) break;
                if (TimeProvider.System.GetUtcNow() > end)
                {
                    foreach (var difference in differences) scene.Findings.Fault(difference);
                    if (differences.Count == 0) scene.Findings.Fault($"{when}: somebody still asks for something.");
                    break;
                }
                await Task.Delay(Look);
            }
        }
        scene.Findings.ThrowIfAny();
    }
}
