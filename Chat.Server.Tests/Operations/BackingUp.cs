using System.Diagnostics;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Operations;

/// <summary>A dump that was taken while people wrote is read into an empty database, and a server goes on from there.</summary>
[TestFixture]
public sealed class BackingUp : ServerFixture
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"chat-{Guid.NewGuid():N}.sql.gz");

    [OneTimeTearDown]
    public void DeleteDump() => File.Delete(_file);

    [Test]
    public async Task What_was_dumped_is_there_after_the_restore_sessions_included()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        for (var i = 1; i <= 20; i++) await ann.SendAsync(chat.ChatId, $"Nº {i} ✓ 😀 'quoted' \\");
        await bob.MarkReadAsync(chat.ChatId, 20);
        var before = await ann.CatchUpAsync(chat.ChatId);

        using var stop = new CancellationTokenSource();
        var writing = WriteOnAsync(ann, chat.ChatId, stop.Token);
        await BackUpAsync("dump", Database);
        await stop.CancelAsync();
        await writing.OrDeadline();

        await using var restored = await TestDatabase.CreateAsync(migrate: false);
        await BackUpAsync("restore", restored);
        Assert.That(async () => await BackUpAsync("restore", restored), Throws.Exception.With.Message.Contains("not empty"));
        await using var server = new ChatServerFactory(restored.ConnectionString, TestSettings.Unthrottled([]));
        await using var again = await TestClient.ConnectAsync(server.Address, ann.Account);
        var after = await again.CatchUpAsync(chat.ChatId);
        Assert.That(after.Take(20), Is.EqualTo(before));
        Assert.That(after.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, after.Count)));
        Assert.That((await again.SendAsync(chat.ChatId, "goes on")).MessageId, Is.EqualTo(after.Count + 1));
        Assert.That((await again.GetChatAsync(chat.ChatId)).Watermarks.OthersReadUpTo, Is.EqualTo(20));
    }

    [Test]
    public async Task Half_a_dump_is_refused()
    {
        var half = $"{_file}.half";
        await File.WriteAllBytesAsync(half, []);
        try
        {
            await using var empty = await TestDatabase.CreateAsync(migrate: false);
            Assert.That(async () => await BackUpAsync("restore", empty, half), Throws.Exception.With.Message.Contains("not a whole dump"));
        }
        finally
        {
            File.Delete(half);
        }
    }

    private static async Task WriteOnAsync(TestClient client, long chatId, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested) await client.SendAsync(chatId, "meanwhile");
    }

    private async Task BackUpAsync(string command, TestDatabase database, string? file = null)
    {
        var start = new ProcessStartInfo(Repository.PathOf("eng/backup.sh"), [command, file ?? _file]) { RedirectStandardError = true };
        start.Environment["ConnectionStrings__Chat"] = database.ConnectionString;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync().OrDeadline();
        await process.WaitForExitAsync().OrDeadline();
        if (process.ExitCode != 0) throw new InvalidOperationException($"eng/backup.sh {command} failed: {errors}");
    }
}
