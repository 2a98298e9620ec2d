using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Accounts;

/// <summary>Another password, another number, and the end of an account.</summary>
internal sealed class ChangingTheAccount : AccountsFixture
{
    private const string Present = TestAccount.DefaultPassword;

    [Test]
    public async Task A_new_password_ends_the_other_sessions()
    {
        await using var ann = await RegisterAsync("Ann");
        var other = await Http.LogInAsync(ann.Account.PhoneNumber, Present);
        await using var otherDevice = await TestClient.ConnectAsync(Server.Address, await TestAccount.LogInAsync(Server.Address, ann.Account));

        var change = new { currentPassword = Present, newPassword = "quite another one" };
        Assert.That((await Http.PostAsync("/api/me/password", change, ann.Account.AccessToken)).Status, Is.EqualTo(204));

        await AssertSessionEndedAsync(other.AccessToken);
        await otherDevice.Closed.Task.OrDeadline();
        Assert.That((await Http.GetAsync("/api/me", ann.Account.AccessToken)).Status, Is.EqualTo(200));
        AssertRefused(await Http.LogInAsync(ann.Account.PhoneNumber, Present), 401, "unauthenticated");
        Assert.That((await Http.LogInAsync(ann.Account.PhoneNumber, "quite another one")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_new_number_is_logged_in_with_and_the_old_one_is_free()
    {
        await using var ann = await RegisterAsync("Ann");
        var taken = NewPhoneNumber();
        await SomebodyAsync(taken);
        AssertRefused(
            await Http.PostAsync("/api/me/phone-number", new { password = Present, phoneNumber = taken }, ann.Account.AccessToken), 409, "conflict", "phoneNumber");

        var next = NewPhoneNumber();
        var changed = await Http.PostAsync("/api/me/phone-number", new { password = Present, phoneNumber = next }, ann.Account.AccessToken);
        Assert.That((changed.Status, changed.Text("phoneNumber")), Is.EqualTo((200, next)));
        Assert.That((await Http.LogInAsync(next, Present)).Status, Is.EqualTo(200));
        await SomebodyAsync(ann.Account.PhoneNumber);
    }

    [TestCase("/api/me/password", """{"currentPassword":"wrong password","newPassword":"quite another one"}""", 403, "forbidden", null)]
    [TestCase("/api/me/password", """{"newPassword":"quite another one"}""", 400, "invalid", "currentPassword")]
    [TestCase("/api/me/password", """{"currentPassword":"correct horse battery"}""", 400, "invalid", "newPassword")]
    [TestCase("/api/me/password", """{"currentPassword":"correct horse battery","newPassword":"short"}""", 400, "invalid", "newPassword")]
    [TestCase("/api/me/phone-number", """{"password":"wrong password","phoneNumber":"+4917000000001"}""", 403, "forbidden", null)]
    [TestCase("/api/me/phone-number", """{"password":"correct horse battery","phoneNumber":"017000000001"}""", 400, "invalid", "phoneNumber")]
    [TestCase("/api/me/phone-number", """{"password":5,"phoneNumber":"+4917000000001"}""", 400, "invalid", "password")]
    [TestCase("/api/me/delete", """{"password":"wrong password"}""", 403, "forbidden", null)]
    [TestCase("/api/me/delete", "{}", 400, "invalid", "password")]
    [TestCase("/api/me/delete", "[]", 400, "invalid", "body")]
    public async Task Nothing_changes_without_the_password(string path, string json, int status, string code, string? field)
    {
        await using var ann = await RegisterAsync("Ann");
        var before = await Database.ListAsync<string>("SELECT CONCAT(phone_number, password_hash, COALESCE(deleted_at, '')) FROM users ORDER BY user_id");
        AssertRefused(await Http.CallAsync(HttpMethod.Post, path, HttpCalls.Json(json), ann.Account.AccessToken), status, code, field);
        Assert.That(
            await Database.ListAsync<string>("SELECT CONCAT(phone_number, password_hash, COALESCE(deleted_at, '')) FROM users ORDER BY user_id"),
            Is.EqualTo(before));
        Assert.That((await Http.GetAsync("/api/me", ann.Account.AccessToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Wrong_passwords_are_throttled_like_log_ins()
    {
        await using var ann = await RegisterAsync("Ann");
        Answer answer;
        var tries = 0;
        do answer = await Http.PostAsync("/api/me/delete", new { password = "wrong password" }, ann.Account.AccessToken);
        while (answer.Status == 403 && ++tries < 50);
        AssertRefused(answer, 429, "rate_limited");
        AssertRefused(await Http.LogInAsync(ann.Account.PhoneNumber, Present), 429, "rate_limited");
    }

    [Test]
    public async Task A_deleted_account_leaves_nothing_but_its_messages()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");
        var direct = (await ann.OpenDirectChatAsync(bob)).ChatId;
        await ann.SendAsync(direct, "from Ann");
        var group = (await ann.CreateGroupAsync("Ann's", bob, cem)).ChatId;
        await ann.SendAsync(group, "to all");
        await bob.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(ann.UserId, Name: "Annie"));
        await ann.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(bob.UserId));
        await ann.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(cem.UserId));
        await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.SetDraft), new SetDraftRequest(direct, "unsaid"));
        await ann.CallAsync<SettingsView>(nameof(ChatHub.SetReadReceipts), new SetReadReceiptsRequest(false));

        Assert.That((await Http.PostAsync("/api/me/delete", new { password = Present }, ann.Account.AccessToken)).Status, Is.EqualTo(204));

        await ann.Closed.Task.OrDeadline();
        await AssertSessionEndedAsync(ann.Account.AccessToken);
        AssertRefused(await Http.RefreshAsync(ann.Account.RefreshToken), 401, "unauthenticated");
        AssertRefused(await Http.LogInAsync(ann.Account.PhoneNumber, Present), 401, "unauthenticated");
        AssertRefused(
            await Http.GetAsync($"/api/users/find?login={Uri.EscapeDataString(ann.Account.PhoneNumber)}", bob.Account.AccessToken), 404, "not_found");

        var head = await bob.GetChatAsync(direct);
        Assert.That((head.Peer!.UserId, head.Peer.Name, head.LastMessage!.Text), Is.EqualTo((ann.UserId, "Deleted account", "from Ann")));
        var people = await bob.CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(group));
        Assert.That(people.Participants.Select(p => (p.User.UserId, p.Role)), Is.EqualTo(new[] { (bob.UserId, "owner"), (cem.UserId, "member") }));
        Assert.That((await bob.CatchUpAsync(group)).Select(m => m.Text), Does.Contain("to all"));
        Assert.That((await bob.CallAsync<ContactPage>(nameof(ChatHub.ListContacts), new ListContactsRequest())).Contacts, Is.Empty);
        Assert.That(
            await bob.RefusalAsync(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [ann.UserId])), Does.StartWith("invalid: userIds: "));

        foreach (var (table, column) in new[]
        {
            ("contacts", "user_id"), ("contacts", "contact_user_id"), ("blocks", "user_id"), ("user_settings", "user_id"), ("chat_settings", "user_id"),
        })
            Assert.That(await Database.ScalarAsync<long>($"SELECT COUNT(*) FROM {table} WHERE {column} = @Id", new { Id = ann.UserId }), Is.Zero, table);
        await SomebodyAsync(ann.Account.PhoneNumber);
    }
}
