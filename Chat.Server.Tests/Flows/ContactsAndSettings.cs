using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Whom people know, and what they set for themselves and for single chats.</summary>
[TestFixture]
public sealed class ContactsAndSettings : ServerFixture
{
    protected override Dictionary<string, string> Settings => new() { ["Contacts:PhoneLookupsPerDay"] = "10", ["Contacts:MaxContacts"] = "5" };

    [Test]
    public async Task A_contact_is_added_by_id_or_number_renamed_listed_and_removed()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");

        var added = await ann.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(bob.UserId, Name: "Bobby"));
        Assert.That((added.User.Name, added.Name), Is.EqualTo(("Bob", "Bobby")));
        var again = await ann.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(PhoneNumber: bob.Account.PhoneNumber));
        Assert.That(again, Is.EqualTo(added), "stays as it is");
        await ann.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(cem.UserId));

        var renamed = await ann.CallAsync<ContactView>(nameof(ChatHub.RenameContact), new RenameContactRequest(bob.UserId));
        Assert.That(renamed.Name, Is.Null);
        var first = await ListAsync(ann, null, 1);
        Assert.That((first.Contacts.Single().User.UserId, first.HasMore), Is.EqualTo((bob.UserId, true)));
        var second = await ListAsync(ann, bob.UserId, 1);
        Assert.That((second.Contacts.Single().User.UserId, second.HasMore), Is.EqualTo((cem.UserId, false)));
        Assert.That((await ListAsync(bob, null, 100)).Contacts, Is.Empty, "a contact of Ann's is nothing of Bob's");

        var remove = new RemoveContactRequest(bob.UserId);
        Assert.That((await ann.CallAsync<RemoveContactResult>(nameof(ChatHub.RemoveContact), remove)).Removed, Is.True);
        Assert.That((await ann.CallAsync<RemoveContactResult>(nameof(ChatHub.RemoveContact), remove)).Removed, Is.False);
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.RenameContact), new RenameContactRequest(bob.UserId, "x")), Does.StartWith("not_found: "));
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.AddContact), new AddContactRequest(ann.UserId)), Does.StartWith("invalid: userId: "));
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.AddContact), new AddContactRequest(987_654_321)), Does.StartWith("not_found: "));
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.AddContact), new AddContactRequest()), Does.StartWith("invalid: userId: "));
    }

    [Test]
    public async Task An_import_finds_who_is_there_and_nobody_tries_all_numbers()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");
        string[] numbers = [bob.Account.PhoneNumber, cem.Account.PhoneNumber, cem.Account.PhoneNumber, ann.Account.PhoneNumber, "+4999999999999"];

        var found = (await ImportAsync(ann, numbers)).Found;
        Assert.That(found.Select(f => (f.PhoneNumber, f.Contact.User.UserId)), Is.EquivalentTo(new[]
        {
            (bob.Account.PhoneNumber, bob.UserId), (cem.Account.PhoneNumber, cem.UserId),
        }));
        Assert.That((await ListAsync(ann, null, 100)).Contacts, Has.Count.EqualTo(2));

        await ImportAsync(ann, numbers);
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.ImportContacts), new ImportContactsRequest(numbers)), Does.StartWith("rate_limited: "));
        Assert.That((await ImportAsync(ann, [bob.Account.PhoneNumber, cem.Account.PhoneNumber])).Found, Has.Count.EqualTo(2), "what was refused is not counted");
        Assert.That((await ImportAsync(bob, numbers)).Found, Has.Count.EqualTo(2), "everybody has a day of their own");
    }

    [Test]
    public async Task Contacts_are_limited()
    {
        await using var ann = await RegisterAsync("Ann");
        foreach (var userId in await Database.UsersAsync(5)) await ann.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(userId));
        var sixth = (await Database.UsersAsync(1))[0];
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.AddContact), new AddContactRequest(sixth)), Does.StartWith("too_large: "));
        Assert.That((await ListAsync(ann, null, 100)).Contacts, Has.Count.EqualTo(5));
    }

    [Test]
    public async Task Settings_begin_open_and_are_told_to_the_other_devices()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var phone = await ann.AnotherDeviceAsync();
        var before = await ann.CallAsync<SettingsView>(nameof(ChatHub.GetSettings), new GetSettingsRequest());
        Assert.That((before.LastSeen.Audience, before.Groups.Audience, before.ReadReceipts, before.Version), Is.EqualTo(("everyone", "everyone", true, 0)));
        Assert.That(before.Notifications, Is.EqualTo(new NotificationSettingsView(true, true, true, true, true, true, true)));

        await ann.CallAsync<SettingsView>(
            nameof(ChatHub.SetPrivacy), new SetPrivacyRequest(PrivacySettings.LastSeen, Audiences.ContactsExcept, [bob.UserId]));
        await ann.CallAsync<SettingsView>(nameof(ChatHub.SetReadReceipts), new SetReadReceiptsRequest(false));
        var last = await ann.CallAsync<SettingsView>(nameof(ChatHub.SetNotifications), new SetNotificationsRequest("reactions", false));
        Assert.Multiple(() =>
        {
            Assert.That(last.LastSeen.Audience, Is.EqualTo(Audiences.ContactsExcept));
            Assert.That(last.LastSeen.ExceptIds, Is.EqualTo(new[] { bob.UserId }));
            Assert.That(last.ReadReceipts, Is.False);
            Assert.That(last.Notifications, Is.EqualTo(new NotificationSettingsView(true, true, true, false, true, true, true)));
        });
        var told = await phone.Settings.WaitForAsync(s => s.Version == last.Version);
        Assert.That(told.LastSeen.ExceptIds, Is.EqualTo(new[] { bob.UserId }));
        Assert.That(bob.Settings.All, Is.Empty);

        var cleared = await ann.CallAsync<SettingsView>(nameof(ChatHub.SetPrivacy), new SetPrivacyRequest(PrivacySettings.LastSeen, Audiences.Nobody));
        Assert.That(cleared.LastSeen.ExceptIds, Is.Empty);
        Assert.That(
            await ann.RefusalAsync(nameof(ChatHub.SetPrivacy), new SetPrivacyRequest(PrivacySettings.Status, Audiences.ContactsExcept)),
            Does.StartWith("invalid: exceptIds: "));
    }

    [Test]
    public async Task A_chats_settings_stand_in_its_head_and_reach_the_other_devices()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var phone = await ann.AnotherDeviceAsync();
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        await ann.SendAsync(chat, "hello");
        var until = DateTime.UtcNow.AddHours(8);

        await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.MuteChat), new MuteChatRequest(chat, until));
        await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.ArchiveChat), new ArchiveChatRequest(chat, true));
        await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.MarkChatUnread), new MarkChatUnreadRequest(chat, true));
        var last = await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.SetDraft), new SetDraftRequest(chat, "I began\nto write"));
        Assert.That(last with { MutedUntil = null }, Is.EqualTo(new ChatSettingsView(null, null, true, true, "I began\nto write", 4)));
        Assert.That(last.MutedUntil, Is.EqualTo(until).Within(TimeSpan.FromMilliseconds(1)));

        Assert.That((await phone.ChatSettings.WaitForAsync(s => s.Settings.Version == 4)).Settings, Is.EqualTo(last));
        Assert.That((await phone.GetChatAsync(chat)).Settings, Is.EqualTo(last));
        Assert.That((await phone.ListChatsAsync()).Chats.Single(c => c.ChatId == chat).Settings, Is.EqualTo(last));
        Assert.That((await bob.GetChatAsync(chat)).Settings, Is.EqualTo(new ChatSettingsView(null, null, false, false, null, 0)), "Bob's are his own");
        Assert.That(bob.ChatSettings.All, Is.Empty);

        await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.SetDraft), new SetDraftRequest(chat));
        var unmuted = await ann.CallAsync<ChatSettingsView>(nameof(ChatHub.MuteChat), new MuteChatRequest(chat));
        Assert.That(unmuted, Is.EqualTo(new ChatSettingsView(null, null, true, true, null, 6)));
    }

    [Test]
    public async Task Pins_have_an_order_and_a_limit()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chats = new List<long>();
        for (var i = 0; i < 3; i++) chats.Add((await ann.CreateGroupAsync($"Group {i}", bob)).ChatId);

        await PinAsync(ann, chats[0], chats[1]);
        var result = await PinAsync(ann, chats[2], chats[0]);
        Assert.That(result.Changed.ToDictionary(c => c.ChatId, c => c.Settings.PinPosition), Is.EquivalentTo(new Dictionary<long, int?>
        {
            [chats[2]] = 1, [chats[0]] = 2, [chats[1]] = null,
        }));
        Assert.That((await ann.GetChatAsync(chats[0])).Settings.PinPosition, Is.EqualTo(2));

        var before = await Database.PictureAsync();
        var strangers = (await bob.CreateGroupAsync("Not Ann's", await RegisterAsync())).ChatId;
        before = await Database.PictureAsync();
        Assert.That(await ann.RefusalAsync(nameof(ChatHub.PinChats), new PinChatsRequest([chats[0], strangers])), Does.StartWith("not_found: "));
        Assert.That(
            await ann.RefusalAsync(nameof(ChatHub.PinChats), new PinChatsRequest([.. Enumerable.Range(1, Limits.PinnedChats + 1).Select(i => (long)i)])),
            Does.StartWith("too_large: chatIds: "));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
        await PinAsync(ann);
        Assert.That((await ann.GetChatAsync(chats[2])).Settings.PinPosition, Is.Null);
    }

    [Test]
    public async Task Saved_messages_are_a_chat_like_any_other()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var phone = await ann.AnotherDeviceAsync();
        var saved = await ann.CallAsync<ChatView>(nameof(ChatHub.OpenSavedMessages), new OpenSavedMessagesRequest());
        Assert.That((await phone.CallAsync<ChatView>(nameof(ChatHub.OpenSavedMessages), new OpenSavedMessagesRequest())).ChatId, Is.EqualTo(saved.ChatId));
        Assert.That((saved.Type, saved.Peer?.UserId, saved.MemberCount), Is.EqualTo((ChatTypes.Direct, ann.UserId, 1)));

        var sent = await ann.SendAsync(saved.ChatId, "milk");
        await phone.Messages.WaitForAsync(m => m.ChatId == saved.ChatId && m.Text == "milk");
        var head = (await phone.ListChatsAsync()).Chats.Single(c => c.ChatId == saved.ChatId);
        Assert.That((head.UnreadCount, head.LastMessage!.Text), Is.EqualTo((0, "milk")));
        Assert.That(head.Watermarks, Is.EqualTo(new WatermarksView(0, 0, 1, 1)), "nobody is left who has not read it");
        Assert.That((await phone.MarkReadAsync(saved.ChatId, sent.MessageId)).ReadUpTo, Is.EqualTo(1));
        Assert.That((await phone.CatchUpAsync(saved.ChatId)).Select(m => m.Text), Is.EqualTo(new[] { "milk" }));
        var typing = await ann.CallAsync<SetTypingResult>(nameof(ChatHub.SetTyping), new SetTypingRequest(saved.ChatId));
        Assert.That(typing.HeardBy, Is.False);
        var participants = await ann.CallAsync<ParticipantPage>(nameof(ChatHub.ListParticipants), new ListParticipantsRequest(saved.ChatId));
        Assert.That(participants.Participants.Single().User.UserId, Is.EqualTo(ann.UserId));
    }

    [Test]
    public async Task What_is_being_made_is_passed_on()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        await ann.CallAsync<SetTypingResult>(nameof(ChatHub.SetTyping), new SetTypingRequest(chat, true, TypingKinds.Voice));
        await bob.Typing.WaitForAsync(t => t == new TypingChangedEvent(chat, ann.UserId, true, TypingKinds.Voice));
        Assert.That(
            await ann.RefusalAsync(nameof(ChatHub.SetTyping), new SetTypingRequest(chat, true, "novel")), Does.StartWith("invalid: kind: "));
    }

    private static Task<ContactPage> ListAsync(TestClient client, long? after, int limit) =>
        client.CallAsync<ContactPage>(nameof(ChatHub.ListContacts), new ListContactsRequest(after, limit));

    private static Task<ImportContactsResult> ImportAsync(TestClient client, IReadOnlyList<string> numbers) =>
        client.CallAsync<ImportContactsResult>(nameof(ChatHub.ImportContacts), new ImportContactsRequest(numbers));

    private static Task<PinChatsResult> PinAsync(TestClient client, params long[] chatIds) =>
        client.CallAsync<PinChatsResult>(nameof(ChatHub.PinChats), new PinChatsRequest(chatIds));
}
