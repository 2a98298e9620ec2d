using Microsoft.Extensions.DependencyInjection;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>People find what they may see, a moment after it was written, and nothing else.</summary>
[TestFixture]
public sealed class Searching : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;

    protected override Dictionary<string, string> Settings => new() { ["Search:Interval"] = "00:00:00.05" };

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Gardening", _bob)).ChatId;
        await _bob.UntilInAsync(_group);
    }

    [Test]
    public async Task Messages_are_found_in_all_chats_newest_first_page_by_page()
    {
        var direct = (await _ann.OpenDirectChatAsync(_carol)).ChatId;
        for (var i = 0; i < 5; i++)
        {
            await _ann.SendAsync(_group, $"tulips in the group {i}");
            await _carol.SendAsync(direct, $"Tulips between us {i}");
        }
        await UntilFoundAsync(_ann, "tulips us 4");
        await UntilFoundAsync(_ann, "tulips group 4");

        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = await SearchAsync(_ann, "TULIP", cursor, limit: 3);
            Assert.That(page.Hits, Has.Count.LessThanOrEqualTo(3));
            found.AddRange(page.Hits.Select(hit => hit.Message.Text!));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.That(found, Is.EqualTo(Enumerable.Range(0, 5).Reverse().SelectMany(i => new[] { $"Tulips between us {i}", $"tulips in the group {i}" })));
        Assert.That((await SearchAsync(_bob, "tulips")).Hits.Select(hit => hit.Message.ChatId), Is.All.EqualTo(_group));
    }

    [Test]
    public async Task In_one_chat_they_are_found_with_their_places()
    {
        for (var i = 1; i <= 4; i++) await _ann.SendAsync(_group, $"Rösti número {i}");
        await UntilFoundAsync(_bob, "rosti 4");
        var first = await SearchChatAsync(_bob, "numero rost", limit: 3);
        Assert.That(first.Hits.Select(hit => hit.Message.Text), Is.EqualTo(new[] { "Rösti número 4", "Rösti número 3", "Rösti número 2" }));
        Assert.That(first.Hits[0].Highlights, Is.EqualTo(new[] { new TextRange(0, 5), new TextRange(6, 6) }));
        var second = await SearchChatAsync(_bob, "numero rost", first.BeforeMessageId, limit: 3);
        Assert.That(second.Hits.Select(hit => hit.Message.Text), Is.EqualTo(new[] { "Rösti número 1" }));
        Assert.That(second.BeforeMessageId, Is.Null);
        Assert.That(await _carol.RefusalAsync(nameof(ChatHub.SearchChat), new SearchChatRequest(_group, "rosti")), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task Edits_are_found_by_what_they_say_now_and_deletions_not_at_all()
    {
        var edited = (await _ann.SendAsync(_group, "a lilac bush")).MessageId;
        var deleted = (await _ann.SendAsync(_group, "a lilac tree")).MessageId;
        var hidden = (await _ann.SendAsync(_group, "a lilac flower")).MessageId;
        await UntilFoundAsync(_bob, "lilac flower");

        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.EditMessage), new EditMessageRequest(_group, edited, "a jasmine bush"));
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [deleted], ForEveryone: true));
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [hidden]));
        // At once, whatever the index still holds.
        Assert.That((await SearchAsync(_bob, "lilac")).Hits, Is.Empty);
        Assert.That((await SearchAsync(_ann, "lilac")).Hits.Select(hit => hit.Message.MessageId), Is.EqualTo(new[] { hidden }));

        await UntilFoundAsync(_bob, "jasmine bush");
        await Deadline.UntilAsync(async () => await CountTermsAsync("lilac") == 1, "the index forgets words that nobody may read any more");
        Assert.That(await CountTermsAsync("tree"), Is.Zero);
    }

    [Test]
    public async Task What_was_before_one_came_and_after_one_left_stays_unfound()
    {
        await _ann.SendAsync(_group, "secret orchids");
        await UntilFoundAsync(_bob, "orchids");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(_group, [_carol.UserId]));
        await _ann.SendAsync(_group, "open roses");
        await UntilFoundAsync(_carol, "roses");
        Assert.That((await SearchAsync(_carol, "orchids")).Hits, Is.Empty);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(_group, _carol.UserId));
        Assert.That((await SearchAsync(_carol, "roses")).Hits, Is.Empty);
    }

    [Test]
    public async Task What_somebody_who_is_blocked_wrote_is_found_by_its_sender_alone()
    {
        var direct = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        await _ann.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_bob.UserId));
        await _bob.SendAsync(direct, "forget-me-not please");
        await UntilFoundAsync(_bob, "please");
        Assert.That((await SearchAsync(_ann, "please")).Hits, Is.Empty);
        Assert.That((await _ann.CallAsync<ChatSearchResult>(nameof(ChatHub.SearchChats), new SearchChatsRequest("Bob"))).Chats.Select(c => c.ChatId), Does.Not.Contain(direct));
    }

    [Test]
    public async Task A_sweep_finds_what_a_node_left_behind()
    {
        await _ann.SendAsync(_group, "peonies everywhere");
        await UntilFoundAsync(_bob, "peonies");
        await Database.ExecuteAsync("DELETE FROM search_positions WHERE chat_id = @chat", new { chat = _group });
        await Database.ExecuteAsync("DELETE FROM search_terms WHERE chat_id = @chat", new { chat = _group });
        Assert.That((await SearchAsync(_bob, "peonies")).Hits, Is.Empty);
        await SweepAsync();
        Assert.That((await SearchAsync(_bob, "peonies")).Hits, Has.Count.EqualTo(1));
        await SweepAsync();
        Assert.That((await SearchAsync(_bob, "peonies")).Hits, Has.Count.EqualTo(1), "indexing again changes nothing");
    }

    [Test]
    public async Task Many_messages_of_one_chat_are_indexed_piece_by_piece()
    {
        await Task.WhenAll(Enumerable.Range(0, 350).Select(i => _ann.SendAsync(_group, $"daisy chain{i}")));
        await Deadline.UntilAsync(async () => await CountTermsAsync("daisy") == 350, "all are indexed");
        Assert.That((await SearchChatAsync(_bob, "daisy", limit: 100)).Hits, Has.Count.EqualTo(100));
        Assert.That((await SearchChatAsync(_bob, "daisy chain349")).Hits, Has.Count.EqualTo(1));
    }

    /// <summary>Each search is another text of SQL; Dapper would keep them, and the code that it compiles for each, as long as the process lives.</summary>
    [Test]
    public async Task What_was_searched_is_not_remembered_as_a_statement()
    {
        await _ann.SendAsync(_group, "lavender hedge");
        await UntilFoundAsync(_bob, "lavender hedge");
        Assert.That((await SearchChatAsync(_bob, "lavender hedge")).Hits, Has.Count.EqualTo(1));
        Assert.That(WhatDapperRemembers.Texts().Where(sql => sql.Contains($"chat_id = {_group} ", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Chats_and_people_are_found_by_name()
    {
        await _bob.CallAsync<ContactView>(nameof(ChatHub.AddContact), new AddContactRequest(_carol.UserId, Name: "Aunt Zoé"));
        var chats = await _bob.CallAsync<ChatSearchResult>(nameof(ChatHub.SearchChats), new SearchChatsRequest("GARD"));
        Assert.That(chats.Chats.Select(chat => (chat.ChatId, chat.Title)), Is.EqualTo(new[] { (_group, "Gardening") }));
        Assert.That((await _carol.CallAsync<ChatSearchResult>(nameof(ChatHub.SearchChats), new SearchChatsRequest("GARD"))).Chats, Is.Empty);

        Assert.That((await PeopleAsync(_bob, "zoe")).Select(hit => (hit.User.UserId, hit.ContactName)), Is.EqualTo(new[] { (_carol.UserId, "Aunt Zoé") }));
        Assert.That((await PeopleAsync(_bob, "ann")).Select(hit => hit.User.UserId), Is.EqualTo(new[] { _ann.UserId }));
        Assert.That(await PeopleAsync(_carol, "ann"), Is.Empty, "a stranger is not found by name");
        Assert.That(await PeopleAsync(_bob, "a%n"), Is.Empty, "what is typed stands for itself");
    }

    [Test]
    public async Task A_stranger_is_found_by_the_exact_username_alone()
    {
        await Database.ExecuteAsync("UPDATE users SET username = 'green_thumb' WHERE user_id = @id", new { id = _ann.UserId });
        Assert.That((await PeopleAsync(_carol, "@Green_Thumb")).Select(hit => hit.User.UserId), Is.EqualTo(new[] { _ann.UserId }));
        Assert.That(await PeopleAsync(_carol, "green"), Is.Empty);
    }

    [Test]
    public async Task Bad_queries_and_cursors_are_refused()
    {
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.SearchMessages), new SearchMessagesRequest("…!")), Does.StartWith("invalid: query: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.SearchMessages), new SearchMessagesRequest("rose", "bm90IG9uZQ")), Does.StartWith("invalid: cursor: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.SearchPeople), new SearchPeopleRequest(new string('x', 101))), Does.StartWith("too_large: query: "));
    }

    private static Task<MessageSearchPage> SearchAsync(TestClient who, string query, string? cursor = null, int? limit = null) =>
        who.CallAsync<MessageSearchPage>(nameof(ChatHub.SearchMessages), new SearchMessagesRequest(query, cursor, limit));

    private Task<ChatSearchPage> SearchChatAsync(TestClient who, string query, long? before = null, int? limit = null) =>
        who.CallAsync<ChatSearchPage>(nameof(ChatHub.SearchChat), new SearchChatRequest(_group, query, before, limit));

    private static async Task<IReadOnlyList<PersonHit>> PeopleAsync(TestClient who, string query) =>
        (await who.CallAsync<PeopleSearchResult>(nameof(ChatHub.SearchPeople), new SearchPeopleRequest(query))).People;

    private static Task UntilFoundAsync(TestClient who, string query) =>
        Deadline.UntilAsync(async () => (await SearchAsync(who, query)).Hits.Count > 0, $"'{query}' is found");

    private async Task<long> CountTermsAsync(string term) => (await Database.ListAsync<long>(
        "SELECT COUNT(*) FROM search_terms WHERE chat_id = @chat AND term = @term", new { chat = _group, term })).Single();

    private Task SweepAsync() =>
        Server.Services.GetRequiredService<Chat.Server.Features.Search.SearchIndexer>().SweepAsync(CancellationToken.None);
}
