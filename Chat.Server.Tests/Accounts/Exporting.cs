using System.IO.Compression;
using System.Text.Json;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Accounts;

/// <summary>One's own data, as a zip: for its owner alone, one at a time, whatever becomes of the node that makes it.</summary>
internal sealed class Exporting : AccountsFixture
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"chat-exports-{Guid.NewGuid():N}");

    protected override Dictionary<string, string> Settings => new()
    {
        ["Exports:Folder"] = Folder, ["Exports:PollInterval"] = "00:00:00.1", ["Exports:LeaseTime"] = "00:00:02", ["Exports:PerDay"] = "2",
        ["Exports:MaxMediaBytes"] = "1500", ["Media:Folder"] = Path.Combine(Folder, "media"),
    };

    [OneTimeTearDown]
    public void DeleteFolder()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    [Test]
    public async Task It_holds_what_its_owner_sees_and_nothing_else()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var direct = (await ann.OpenDirectChatAsync(bob)).ChatId;
        await Database.MessagesAsync(direct, ann.UserId, 1200);
        var group = (await bob.CreateGroupAsync("Before Ann", await RegisterAsync())).ChatId;
        await bob.SendAsync(group, "not for Ann");
        await bob.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [ann.UserId]));
        await bob.SendAsync(group, "for Ann");
        await ann.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(bob.UserId, Name: "Bobby"));

        var begun = await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken);
        Assert.That(begun.Status, Is.EqualTo(202), begun.ToString());
        var exportId = begun.Body.GetProperty("exportId").GetInt64();
        var done = await UntilDoneAsync(ann, exportId);
        Assert.That((done.Body.GetProperty("chatsDone").GetInt32(), done.Body.GetProperty("chatsTotal").GetInt32()), Is.EqualTo((2, 2)));

        using var zip = await FetchAsync(ann, exportId);
        Assert.That(Read(zip, "profile.json").GetProperty("phoneNumber").GetString(), Is.EqualTo(ann.Account.PhoneNumber));
        Assert.That(Read(zip, "contacts.json")[0].GetProperty("name").GetString(), Is.EqualTo("Bobby"));
        Assert.That(Read(zip, "chats.json").GetArrayLength(), Is.EqualTo(2));
        Assert.That(Read(zip, "settings.json").GetProperty("readReceipts").GetBoolean(), Is.True);
        Assert.That(Read(zip, $"chats/{direct}.json").EnumerateArray().Select(m => m.GetProperty("messageId").GetInt64()), Is.EqualTo(Enumerable.Range(1, 1200)));
        var texts = Read(zip, $"chats/{group}.json").EnumerateArray().Select(m => m.GetProperty("text").GetString()).ToList();
        Assert.That(texts, Does.Contain("for Ann").And.None.EqualTo("not for Ann"));
        Assert.That(done.Body.GetProperty("bytes").GetInt64(), Is.Positive);

        AssertRefused(await Http.GetAsync($"/api/me/exports/{exportId}", bob.Account.AccessToken), 404, "not_found");
        AssertRefused(await Http.GetAsync($"/api/me/exports/{exportId}/file", bob.Account.AccessToken), 404, "not_found");
        AssertRefused(await Http.GetAsync($"/api/me/exports/{exportId}/file", token: null), 401, "unauthenticated");
        AssertRefused(await Http.GetAsync("/api/me/exports/0", ann.Account.AccessToken), 400, "invalid", "exportId");

        await UntilDoneAsync(ann, (await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken)).Body.GetProperty("exportId").GetInt64());
        AssertRefused(await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken), 429, "rate_limited");
    }

    [Test]
    public async Task It_holds_the_files_of_messages_each_once_as_far_as_there_is_room()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var direct = (await ann.OpenDirectChatAsync(bob)).ChatId;
        var (mine, foreign, large) = (await UploadAsync(ann, 600, "type=document&fileName=a.tar.gz"), await UploadAsync(bob, 700, "type=document"), await UploadAsync(bob, 300, "type=document"));
        foreach (var (client, mediaId) in new[] { (ann, mine), (bob, foreign), (ann, foreign), (bob, large) })
            await client.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), new SendMessageRequest(direct, Guid.NewGuid(), MediaId: mediaId));
        var later = await UploadAsync(ann, 150, "type=document");
        await ann.CallAsync<ScheduledMessageView>(
            nameof(ChatHub.ScheduleMessage), new ScheduleMessageRequest(direct, Guid.NewGuid(), DateTime.UtcNow.AddHours(1), MediaId: later));
        var exportId = (await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken)).Body.GetProperty("exportId").GetInt64();
        await UntilDoneAsync(ann, exportId);
        using var zip = await FetchAsync(ann, exportId);
        Assert.That(
            Read(zip, "media.json").EnumerateArray().Select(m => (m.GetProperty("mediaId").GetInt64(), m.GetProperty("file").GetString())),
            Is.EqualTo(new[] { (later, $"media/{later}"), (mine, $"media/{mine}.gz"), (foreign, $"media/{foreign}"), (large, (string?)null) }));
        Assert.That(zip.GetEntry($"media/{mine}.gz")!.Length, Is.EqualTo(600));
        Assert.That(zip.GetEntry($"media/{foreign}")!.Length, Is.EqualTo(700));
        Assert.That(zip.Entries.Count(e => e.FullName.StartsWith("media/", StringComparison.Ordinal)), Is.EqualTo(3));
    }

    [Test]
    public async Task It_holds_ones_own_picture()
    {
        await using var ann = await RegisterAsync("Ann");
        var mediaId = await UploadAsync(ann, [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0], "type=image");
        await Http.PatchAsync("/api/me", $$"""{"pictureMediaId": {{mediaId}}}""", ann.Account.AccessToken);
        var exportId = (await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken)).Body.GetProperty("exportId").GetInt64();
        await UntilDoneAsync(ann, exportId);
        using var zip = await FetchAsync(ann, exportId);
        Assert.That(Read(zip, "profile.json").GetProperty("pictureMediaId").GetInt64(), Is.EqualTo(mediaId));
        Assert.That(zip.GetEntry($"media/{mediaId}.jpg")!.Length, Is.EqualTo(8));
    }

    [Test]
    public async Task What_a_dead_node_left_is_done_by_another()
    {
        await using var ann = await RegisterAsync("Ann");
        var exportId = await Database.ScalarAsync<long>(
            """
            INSERT INTO account_exports (user_id, active_user_id, status, attempts, lease, lease_until, created_at)
            VALUES (@Id, @Id, 'running', 1, x'00112233445566778899aabbccddeeff', DATE_ADD(UTC_TIMESTAMP(6), INTERVAL 1 SECOND), UTC_TIMESTAMP(6));
            SELECT LAST_INSERT_ID()
            """,
            new { Id = ann.UserId });
        var again = await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken);
        Assert.That(again.Body.GetProperty("exportId").GetInt64(), Is.EqualTo(exportId), "one at a time");
        await UntilDoneAsync(ann, exportId);
        Assert.That(await Database.ScalarAsync<int>("SELECT attempts FROM account_exports WHERE export_id = @exportId", new { exportId }), Is.EqualTo(2));
        using var zip = await FetchAsync(ann, exportId);
        Assert.That(Read(zip, "chats.json").GetArrayLength(), Is.Zero);
        Assert.That(Read(zip, "scheduled.json").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task It_goes_with_the_account()
    {
        await using var ann = await RegisterAsync("Ann");
        var exportId = (await Http.PostAsync("/api/me/exports", null, ann.Account.AccessToken)).Body.GetProperty("exportId").GetInt64();
        await UntilDoneAsync(ann, exportId);
        var file = Directory.EnumerateFiles(Folder, $"export-{exportId}-*").Single();
        await Http.PostAsync("/api/me/delete", new { password = TestAccount.DefaultPassword }, ann.Account.AccessToken);
        Assert.That(File.Exists(file), Is.False);
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM account_exports WHERE user_id = @Id", new { Id = ann.UserId }), Is.Zero);
    }

    private Task<long> UploadAsync(TestClient owner, int length, string query) => UploadAsync(owner, new byte[length], query);

    private async Task<long> UploadAsync(TestClient owner, byte[] bytes, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/media?{query}") { Content = new ByteArrayContent(bytes) };
        request.Headers.Authorization = new("Bearer", owner.Account.AccessToken);
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("mediaId").GetInt64();
    }

    private async Task<Answer> UntilDoneAsync(TestClient client, long exportId)
    {
        Answer? answer = null;
        await Deadline.UntilAsync(
            async () => (answer = await Http.GetAsync($"/api/me/exports/{exportId}", client.Account.AccessToken)).Text("status") == "done",
            "the export is done");
        return answer!;
    }

    private async Task<ZipArchive> FetchAsync(TestClient client, long exportId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/me/exports/{exportId}/file");
        request.Headers.Authorization = new("Bearer", client.Account.AccessToken);
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync()), ZipArchiveMode.Read);
    }

    private static JsonElement Read(ZipArchive zip, string name)
    {
        using var entry = zip.GetEntry(name)!.Open();
        return JsonDocument.Parse(entry).RootElement;
    }
}
