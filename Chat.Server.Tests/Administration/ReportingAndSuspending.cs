using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Chat.Server.Features.Administration;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Administration;

/// <summary>People report; admins, and nobody else, see it, act on it, and leave a trace.</summary>
[TestFixture]
public sealed class ReportingAndSuspending : ServerFixture
{
    private TestClient _admin = null!;
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;
    private long _message;

    [SetUp]
    public async Task Meet()
    {
        (_admin, _ann, _bob) = (await RegisterAsync("Admin"), await RegisterAsync("Ann"), await RegisterAsync("Bob"));
        Assert.That(await CommandAsync(_admin.Account.PhoneNumber, isAdmin: true), Is.Zero);
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        _message = (await _bob.SendAsync(_chat, "buy my watches")).MessageId;
    }

    [TearDown]
    public async Task Part()
    {
        foreach (var client in new[] { _admin, _ann, _bob }) await client.DisposeAsync();
    }

    [Test]
    public async Task A_report_shows_the_message_as_it_was_and_is_made_once()
    {
        await ReportAsync(_ann, _message, "spam", "again and again");
        await ReportAsync(_ann, _message, "other", "a second time");
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [_message], ForEveryone: true));
        var report = (await ReportsOfAsync(_bob)).Single();
        Assert.That((report.ReporterId, report.Reason, report.Comment), Is.EqualTo((_ann.UserId, "spam", "again and again")));
        Assert.That((report.Message!.ChatId, report.Message.MessageId, report.Message.Text), Is.EqualTo((_chat, _message, "buy my watches")));

        await _ann.CallAsync<ReportResult>(nameof(ChatHub.ReportUser), new ReportUserRequest(_bob.UserId, "abuse"));
        Assert.That((await ReportsOfAsync(_bob)).Select(r => r.Message is null), Is.EqualTo(new[] { false, true }));
    }

    [Test]
    public async Task What_one_does_not_see_or_wrote_oneself_cannot_be_reported()
    {
        Assert.That(await _admin.RefusalAsync(nameof(ChatHub.ReportMessage), new ReportMessageRequest(_chat, _message, "spam")), Does.StartWith("not_found: "));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.ReportMessage), new ReportMessageRequest(_chat, _message, "spam")), Does.StartWith("invalid: messageId: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.ReportUser), new ReportUserRequest(_ann.UserId, "spam")), Does.StartWith("invalid: userId: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.ReportUser), new ReportUserRequest(987_654_321, "spam")), Does.StartWith("not_found: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.ReportUser), new ReportUserRequest(_bob.UserId, "because")), Does.StartWith("invalid: reason: "));
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_chat, [_message]));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.ReportMessage), new ReportMessageRequest(_chat, _message, "spam")), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task A_report_is_resolved_once()
    {
        await ReportAsync(_ann, _message, "spam");
        var report = (await ReportsOfAsync(_bob)).Single();
        await PostAsync(_admin, $"reports/{report.ReportId}/resolve", new { resolution = "acted", note = "warned" }, HttpStatusCode.NoContent);
        await PostAsync(_admin, $"reports/{report.ReportId}/resolve", new { resolution = "acted" }, HttpStatusCode.NotFound);
        await PostAsync(_admin, $"reports/{report.ReportId}/resolve", new { resolution = "whatever" }, HttpStatusCode.BadRequest);
        Assert.That(await ReportsOfAsync(_bob), Is.Empty);
        var resolved = (await GetAsync<ReportList>("reports?status=resolved")).Reports.First(r => r.ReportId == report.ReportId);
        Assert.That((resolved.Resolution, resolved.ResolvedBy), Is.EqualTo(("acted", (long?)_admin.UserId)));
    }

    [Test]
    public async Task Somebody_who_is_suspended_is_out_at_once_and_comes_in_again_when_it_is_lifted()
    {
        await PostAsync(_admin, $"users/{_bob.UserId}/suspend", new { note = "spam" }, HttpStatusCode.NoContent);
        await _bob.Closed.Task.OrDeadline();
        Assert.That(await LogInAsync(_bob), Is.EqualTo("suspended"));
        using (var http = Server.Http())
        {
            using var refreshed = await http.PostAsJsonAsync("/api/auth/refresh", new { refreshToken = _bob.Account.RefreshToken });
            Assert.That(refreshed.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        }
        // Others see what they saw before.
        Assert.That((await _ann.GetChatAsync(_chat)).Peer!.Name, Is.EqualTo("Bob"));

        await PostAsync(_admin, $"users/{_bob.UserId}/lift", new { }, HttpStatusCode.NoContent);
        Assert.That(await LogInAsync(_bob), Is.Null);
    }

    [Test]
    public async Task A_suspension_ends_by_itself()
    {
        await PostAsync(_admin, $"users/{_bob.UserId}/suspend", new { until = DateTime.UtcNow.AddHours(1) }, HttpStatusCode.NoContent);
        Assert.That(await LogInAsync(_bob), Is.EqualTo("suspended"));
        await Database.ExecuteAsync("UPDATE users SET suspended_until = '2020-01-01' WHERE user_id = @id", new { id = _bob.UserId });
        Assert.That(await LogInAsync(_bob), Is.Null);
    }

    [Test]
    public async Task A_message_is_deleted_for_everybody_and_everybody_hears_it()
    {
        await PostAsync(_admin, "messages/delete", new { chatId = _chat, messageId = _message }, HttpStatusCode.NoContent);
        foreach (var client in new[] { _ann, _bob })
        {
            var heard = await client.Changes.WaitForAsync(c => c.Message?.MessageId == _message);
            Assert.That((heard.Kind, heard.ActorId, heard.Message!.Text), Is.EqualTo((MessageChangeKinds.Deleted, (long?)0, (string?)null)));
        }
        Assert.That((await _ann.CatchUpAsync(_chat)).Single().DeletedAt, Is.Not.Null);
        await PostAsync(_admin, "messages/delete", new { chatId = _chat, messageId = 999 }, HttpStatusCode.NotFound);
        await PostAsync(_admin, "messages/delete", new { chatId = 987_654_321, messageId = 1 }, HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Everything_that_admins_do_is_written_down()
    {
        await PostAsync(_admin, $"users/{_bob.UserId}/suspend", new { note = "spam" }, HttpStatusCode.NoContent);
        await PostAsync(_admin, $"users/{_bob.UserId}/lift", new { }, HttpStatusCode.NoContent);
        await PostAsync(_admin, "messages/delete", new { chatId = _chat, messageId = _message }, HttpStatusCode.NoContent);
        var actions = (await GetAsync<AdminActionList>("actions?limit=4")).Actions;
        Assert.That(actions.Select(a => a.Kind), Is.EqualTo(new[] { "message_deleted", "suspension_lifted", "user_suspended", "admin_appointed" }));
        Assert.That((actions[2].AdminId, actions[2].UserId, actions[2].Note), Is.EqualTo((_admin.UserId, (long?)_bob.UserId, "spam")));
        Assert.That(actions[3].AdminId, Is.Zero);
    }

    [Test]
    public async Task Who_is_no_admin_hears_that_there_is_nothing()
    {
        foreach (var path in new[] { "reports", "actions" })
        {
            using var http = Http(_ann);
            using var answer = await http.GetAsync(new Uri($"/api/admin/{path}", UriKind.Relative));
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), path);
        }
        await PostAsync(_ann, $"users/{_bob.UserId}/suspend", new { }, HttpStatusCode.NotFound);
        await PostAsync(_ann, $"users/{_bob.UserId}/lift", new { }, HttpStatusCode.NotFound);
        await PostAsync(_ann, "reports/1/resolve", new { resolution = "acted" }, HttpStatusCode.NotFound);
        await PostAsync(_ann, "messages/delete", new { chatId = _chat, messageId = _message }, HttpStatusCode.NotFound);
        Assert.That((await _ann.CatchUpAsync(_chat)).Single().DeletedAt, Is.Null);

        await PostAsync(_admin, $"users/{_admin.UserId}/suspend", new { }, HttpStatusCode.Forbidden);
        Assert.That(await CommandAsync(_admin.Account.PhoneNumber, isAdmin: false), Is.Zero);
        await PostAsync(_admin, $"users/{_bob.UserId}/suspend", new { }, HttpStatusCode.NotFound);
        Assert.That(await CommandAsync("+4915100000001", isAdmin: true), Is.EqualTo(1));
    }

    private Task<ReportResult> ReportAsync(TestClient who, long messageId, string reason, string? comment = null) =>
        who.CallAsync<ReportResult>(nameof(ChatHub.ReportMessage), new ReportMessageRequest(_chat, messageId, reason, comment));

    private async Task<IReadOnlyList<ReportView>> ReportsOfAsync(TestClient who) =>
        [.. (await GetAsync<ReportList>("reports?limit=100")).Reports.Where(report => report.ReportedUserId == who.UserId)];

    private HttpClient Http(TestClient who)
    {
        var http = Server.Http();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", who.Account.AccessToken);
        return http;
    }

    private async Task<T> GetAsync<T>(string path)
    {
        using var http = Http(_admin);
        return (await http.GetFromJsonAsync<T>($"/api/admin/{path}"))!;
    }

    private async Task PostAsync(TestClient who, string path, object body, HttpStatusCode expected)
    {
        using var http = Http(who);
        using var answer = await http.PostAsJsonAsync($"/api/admin/{path}", body);
        Assert.That(answer.StatusCode, Is.EqualTo(expected), await answer.Content.ReadAsStringAsync());
    }

    /// <returns>The code of the refusal; null when it went well.</returns>
    private async Task<string?> LogInAsync(TestClient who)
    {
        using var http = Server.Http();
        using var answer = await http.PostAsJsonAsync("/api/auth/login", new { login = who.Account.PhoneNumber, password = who.Account.Password });
        if (answer.IsSuccessStatusCode) return null;
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    private async Task<int> CommandAsync(string login, bool isAdmin)
    {
        await using var output = new StringWriter();
        return await AdminCommand.RunAsync(login, isAdmin, Server.Services, output);
    }
}
