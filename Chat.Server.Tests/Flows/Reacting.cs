using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Reactions: counted for everybody, one's own for oneself, live and for who was away, and only where one may.</summary>
[TestFixture]
public sealed class Reacting : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;
    private long _message;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        await _bob.UntilInAsync(_group);
        await _carol.UntilInAsync(_group);
        _message = (await _ann.SendAsync(_group, "what do you think?")).MessageId;
    }

    [Test]
    public async Task Everybody_hears_the_counts_and_reads_their_own()
    {
        await ReactAsync(_bob, "👍");
        await ReactAsync(_carol, "👍");
        var last = await ReactAsync(_ann, "❤️");
        var heard = await _bob.Changes.WaitForAsync(c => c.ChangeId == last.ChangeId);
        Assert.That((heard.Kind, heard.ActorId, heard.Emoji), Is.EqualTo((MessageChangeKinds.Reaction, (long?)_ann.UserId, "❤️")));
        Assert.That(heard.Message!.Reactions, Is.EqualTo(new[] { new ReactionCountView("👍", 2), new ReactionCountView("❤️", 1) }));
        Assert.That(heard.Message.MyReaction, Is.Null, "the push is the same for everybody");

        foreach (var (client, own) in new[] { (_ann, "❤️"), (_bob, "👍") })
        {
            var page = (await client.ListMessagesAsync(new ListMessagesRequest(_group))).Messages.Single(m => m.MessageId == _message);
            var around = (await client.ListMessagesAsync(new ListMessagesRequest(_group, AroundMessageId: _message))).Messages.Single(m => m.MessageId == _message);
            var head = (await client.GetChatAsync(_group)).LastMessage!;
            var synced = (await client.SyncAsync(_group, 0)).Messages.Single(m => m.MessageId == _message);
            Assert.That(new[] { page, around, head, synced }.Select(m => m.MyReaction), Is.All.EqualTo(own));
            Assert.That(page.Reactions, Is.EqualTo(heard.Message.Reactions));
        }
    }

    [Test]
    public async Task One_reaction_takes_the_place_of_another_and_can_be_taken_back()
    {
        await ReactAsync(_bob, "👍");
        Assert.That((await ReactAsync(_bob, "👍")).ChangeId, Is.Null, "it is so already");
        await ReactAsync(_bob, "🎉");
        Assert.That((await ReadAsync(_ann)).Reactions, Is.EqualTo(new[] { new ReactionCountView("🎉", 1) }));
        var taken = await ReactAsync(_bob, null);
        var heard = await _ann.Changes.WaitForAsync(c => c.ChangeId == taken.ChangeId);
        Assert.That((heard.Emoji, heard.Message!.Reactions), Is.EqualTo(((string?)null, (IReadOnlyList<ReactionCountView>?)null)));
        Assert.That((await ReactAsync(_bob, null)).ChangeId, Is.Null);
        Assert.That((await ReadAsync(_bob)).MyReaction, Is.Null);
    }

    [Test]
    public async Task The_same_emoji_is_counted_once_however_it_is_spelled()
    {
        await ReactAsync(_bob, "❤️");
        await ReactAsync(_carol, "❤");
        Assert.That((await ReadAsync(_carol)).Reactions, Is.EqualTo(new[] { new ReactionCountView("❤️", 2) }));
        Assert.That((await ReadAsync(_carol)).MyReaction, Is.EqualTo("❤️"));
    }

    [Test]
    public async Task Who_was_away_has_it_by_sync()
    {
        var held = await SyncAsync(_bob, 0, null);
        await using var phone = await _bob.AnotherDeviceAsync();
        await phone.CallAsync<MessageChangeResult>(nameof(ChatHub.SetReaction), new SetReactionRequest(_group, _message, "👍"));
        await ReactAsync(_carol, "👍");
        var sync = await SyncAsync(_bob, held.UpToMessageId, held.UpToChangeId);
        Assert.That(sync.Changes.Select(m => (m.MessageId, m.MyReaction, m.Reactions!.Single())), Is.EqualTo(new[] { (_message, "👍", new ReactionCountView("👍", 2)) }));
    }

    [Test]
    public async Task Who_reacted_is_listed_page_by_page_also_those_who_left()
    {
        await ReactAsync(_ann, "❤️");
        await ReactAsync(_bob, "👍");
        await ReactAsync(_carol, "👍");
        await _carol.CallAsync<MembershipResult>(nameof(ChatHub.LeaveGroup), new LeaveGroupRequest(_group));
        Assert.That((await ReadAsync(_ann)).Reactions![0], Is.EqualTo(new ReactionCountView("👍", 2)));

        var first = await ListAsync(_bob, new ListReactionsRequest(_group, _message, Limit: 2));
        Assert.That((first.Reactions.Select(r => (r.User.UserId, r.Emoji)), first.HasMore), Is.EqualTo((new[] { (_ann.UserId, "❤️"), (_bob.UserId, "👍") }, true)));
        var second = await ListAsync(_bob, new ListReactionsRequest(_group, _message, AfterUserId: _bob.UserId));
        Assert.That((second.Reactions.Single().User.Name, second.HasMore), Is.EqualTo(("Carol", false)));
        var thumbs = await ListAsync(_bob, new ListReactionsRequest(_group, _message, "👍"));
        Assert.That(thumbs.Reactions.Select(r => r.User.UserId), Is.EqualTo(new[] { _bob.UserId, _carol.UserId }));
        Assert.That(await _carol.RefusalAsync(nameof(ChatHub.ListReactions), new ListReactionsRequest(_group, _message)), Does.StartWith("not_found: "));
    }

    [Test]
    public async Task Many_at_once_are_counted_exactly()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => ReactAsync(new[] { _ann, _bob, _carol }[i % 3], i % 2 == 0 ? "👍" : "🎉")));
        var stored = await Database.ListAsync<string>(
            "SELECT emoji FROM message_reactions WHERE chat_id = @chat AND message_id = @id", new { chat = _group, id = _message });
        var counts = (await ReadAsync(_ann)).Reactions!;
        Assert.That(counts.ToDictionary(c => c.Emoji, c => c.Count), Is.EquivalentTo(stored.GroupBy(e => e).ToDictionary(g => g.Key, g => g.Count())));
        Assert.That(stored, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_message_that_is_deleted_loses_them_and_takes_no_more()
    {
        await ReactAsync(_bob, "👍");
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [_message], ForEveryone: true));
        Assert.That((await ReadAsync(_bob)).Reactions, Is.Null);
        Assert.That((await ReadAsync(_bob)).MyReaction, Is.Null);
        Assert.That(await RefusalAsync(_bob, _message, "👍"), Does.StartWith("invalid: messageId: "));
        Assert.That((await ListAsync(_bob, new ListReactionsRequest(_group, _message))).Reactions, Is.Empty);
    }

    [Test]
    public async Task Not_where_one_sees_nothing_may_not_or_nobody_can()
    {
        Assert.That(await RefusalAsync(_bob, 1, "👍"), Does.StartWith("invalid: messageId: "), "a system message");
        Assert.That(await RefusalAsync(_bob, 999, "👍"), Does.StartWith("not_found: "));
        await _bob.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [_message]));
        Assert.That(await RefusalAsync(_bob, _message, "👍"), Does.StartWith("not_found: "), "hidden");

        await ReactAsync(_carol, "👍");
        await _ann.CallAsync<MembershipResult>(
            nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(_group, _carol.UserId, ["send_text"]));
        Assert.That(await RefusalAsync(_carol, _message, "🎉"), Does.StartWith("forbidden: "));
        Assert.That((await ReactAsync(_carol, null)).ChangeId, Is.Not.Null, "taking back needs no right");
    }

    [Test]
    public async Task A_message_bears_so_many_different_ones_and_no_more()
    {
        var kinds = Enumerable.Range(0, Limits.ReactionKinds).ToDictionary(i => char.ConvertFromUtf32(0x1F600 + i), _ => 1);
        await Database.ExecuteAsync(
            "UPDATE messages SET reactions = @json WHERE chat_id = @chat AND message_id = @id",
            new { json = System.Text.Json.JsonSerializer.Serialize(kinds), chat = _group, id = _message });
        Assert.That(await RefusalAsync(_bob, _message, "🚀"), Does.StartWith("too_large: emoji: "));
        Assert.That((await ReactAsync(_bob, "😀")).ChangeId, Is.Not.Null, "one that is there already");
    }

    [Test]
    public async Task While_somebody_blocks_the_other_neither_reacts_in_their_chat()
    {
        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        var sent = await _bob.SendAsync(chat, "before");
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        var withheld = await _ann.SendAsync(chat, "withheld");
        foreach (var (client, messageId) in new[] { (_ann, sent.MessageId), (_ann, withheld.MessageId), (_bob, sent.MessageId) })
            Assert.That(
                await client.RefusalAsync(nameof(ChatHub.SetReaction), new SetReactionRequest(chat, messageId, "👍")), Does.StartWith("forbidden: "));
        Assert.That((await _bob.GetChatAsync(chat)).LastChangeId, Is.Zero);
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.UnblockUser), new UnblockUserRequest(_ann.UserId));
        await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.SetReaction), new SetReactionRequest(chat, sent.MessageId, "👍"));
        await _bob.Changes.WaitForAsync(c => c.ChatId == chat && c.Emoji == "👍");
    }

    [TestCase("👍"), TestCase("👍🏽"), TestCase("❤"), TestCase("❤️"), TestCase("👩‍👩‍👧‍👦"), TestCase("🏳️‍🌈"), TestCase("👩🏻‍❤️‍💋‍👨🏿"), TestCase("🇩🇪"), TestCase("1️⃣"), TestCase("🏴󠁧󠁢󠁥󠁮󠁧󠁿"), TestCase("🫠")]
    public async Task An_emoji(string emoji)
    {
        await ReactAsync(_bob, emoji);
        Assert.That((await ReadAsync(_ann)).Reactions!.Single().Emoji, Is.EqualTo(emoji));
    }

    [TestCase("a"), TestCase("👍👍"), TestCase("👍 "), TestCase("1"), TestCase("é"), TestCase("中"), TestCase("🇩"), TestCase("\u200d"), TestCase("👍\u200d"), TestCase("\ufe0f"), TestCase("☃\u0301a")]
    public async Task Not_one_emoji(string text) =>
        Assert.That(await RefusalAsync(_bob, _message, text), Does.StartWith("invalid: emoji: "));

    private Task<MessageChangeResult> ReactAsync(TestClient client, string? emoji) =>
        client.CallAsync<MessageChangeResult>(nameof(ChatHub.SetReaction), new SetReactionRequest(_group, _message, emoji));

    private Task<string> RefusalAsync(TestClient client, long messageId, string emoji) =>
        client.RefusalAsync(nameof(ChatHub.SetReaction), new SetReactionRequest(_group, messageId, emoji));

    private async Task<MessageView> ReadAsync(TestClient client) =>
        (await client.ListMessagesAsync(new ListMessagesRequest(_group))).Messages.Single(m => m.MessageId == _message);

    private static Task<ReactionPage> ListAsync(TestClient client, ListReactionsRequest request) =>
        client.CallAsync<ReactionPage>(nameof(ChatHub.ListReactions), request);

    private Task<SyncChatResult> SyncAsync(TestClient client, long messageId, long? changeId) =>
        client.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_group, messageId, null, changeId, 0));
}
