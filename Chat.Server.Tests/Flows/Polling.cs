using System.Text.Json;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Polls: votes counted for everybody, one's own for oneself, until the poll is closed; and nobody's where it is anonymous.</summary>
[TestFixture]
public sealed class Polling : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        await _bob.UntilInAsync(_group);
        await _carol.UntilInAsync(_group);
    }

    [Test]
    public async Task Votes_are_counted_for_everybody_and_ones_own_read_by_oneself()
    {
        var poll = await SendAsync(new PollDraft("Where?", ["Rome", "Oslo", "Bonn"]));
        var posted = await _bob.Messages.WaitForAsync(m => m.MessageId == poll);
        Assert.That((posted.Type, posted.Poll!.Question, posted.Poll.Multiple, posted.Poll.Voters), Is.EqualTo((MessageTypes.Poll, "Where?", false, 0)));
        await VoteAsync(_bob, poll, 1);
        await VoteAsync(_carol, poll, 1);
        var last = await VoteAsync(_ann, poll, 0);
        var heard = await _bob.Changes.WaitForAsync(c => c.ChangeId == last.ChangeId);
        Assert.That((heard.Kind, heard.ActorId, heard.Votes), Is.EqualTo((MessageChangeKinds.Vote, (long?)_ann.UserId, (IReadOnlyList<int>)[0])));
        Assert.That((CountsOf(heard.Message!), heard.Message!.Poll!.Voters, heard.Message.MyVotes), Is.EqualTo((new[] { 1, 2, 0 }, 3, (IReadOnlyList<int>?)null)));

        Assert.That((await ReadAsync(_bob, poll)).MyVotes, Is.EqualTo(new[] { 1 }));
        Assert.That((await ReadAsync(_ann, poll)).MyVotes, Is.EqualTo(new[] { 0 }));
        Assert.That((await _bob.GetChatAsync(_group)).LastMessage!.MyVotes, Is.EqualTo(new[] { 1 }));

        await VoteAsync(_bob, poll, 2);
        Assert.That((await VoteAsync(_bob, poll, 2)).ChangeId, Is.Null, "it is so already");
        Assert.That(CountsOf(await ReadAsync(_bob, poll)), Is.EqualTo(new[] { 1, 1, 1 }));
        await VoteAsync(_bob, poll);
        var read = await ReadAsync(_bob, poll);
        Assert.That((CountsOf(read), read.Poll!.Voters, read.MyVotes), Is.EqualTo((new[] { 1, 1, 0 }, 2, (IReadOnlyList<int>?)null)));
    }

    [Test]
    public async Task Several_may_be_chosen_where_the_poll_says_so()
    {
        var (several, single) = (await SendAsync(new PollDraft("Which?", ["a", "b", "c"], Multiple: true)), await SendAsync(new PollDraft("Which?", ["a", "b"])));
        await VoteAsync(_bob, several, 0, 2);
        Assert.That((await ReadAsync(_bob, several)).MyVotes, Is.EqualTo(new[] { 0, 2 }));
        Assert.That((await ReadAsync(_ann, several)).Poll!.Voters, Is.EqualTo(1));
        Assert.That(await RefusalAsync(_bob, single, 0, 1), Does.StartWith("invalid: options: "));
        Assert.That(await RefusalAsync(_bob, several, 3), Does.StartWith("invalid: options: "), "no such option");
    }

    [Test]
    public async Task Of_an_anonymous_poll_nobody_learns_who_voted()
    {
        var poll = await SendAsync(new PollDraft("Who?", ["Ann", "Bob"], Anonymous: true));
        await using var phone = await _bob.AnotherDeviceAsync();
        var vote = await VoteAsync(_bob, poll, 0);
        var heard = await _ann.Changes.WaitForAsync(c => c.ChangeId == vote.ChangeId);
        Assert.That((heard.Kind, heard.ActorId, heard.Votes), Is.EqualTo((MessageChangeKinds.Vote, (long?)null, (IReadOnlyList<int>?)null)));
        Assert.That(CountsOf(heard.Message!), Is.EqualTo(new[] { 1, 0 }));
        var own = await phone.Changes.WaitForAsync(c => c.ChangeId == vote.ChangeId && c.ActorId == _bob.UserId);
        Assert.That(own.Votes, Is.EqualTo(new[] { 0 }));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.ListVotes), new ListVotesRequest(_group, poll)), Does.StartWith("forbidden: "));

        await VoteAsync(_carol, poll, 1);
        await _ann.Changes.WaitForAsync(c => c.Message!.Poll!.Voters == 2);
        Assert.That(JsonSerializer.Serialize(_ann.Changes.All), Does.Not.Contain($"\"ActorId\":{_bob.UserId}").And.Not.Contain($"\"ActorId\":{_carol.UserId}"));
    }

    [Test]
    public async Task Who_voted_is_listed_where_it_is_not_anonymous()
    {
        var poll = await SendAsync(new PollDraft("Which?", ["a", "b"], Multiple: true));
        await VoteAsync(_ann, poll, 0);
        await VoteAsync(_bob, poll, 0, 1);
        await VoteAsync(_carol, poll, 1);
        var first = await ListAsync(_carol, new ListVotesRequest(_group, poll, Limit: 2));
        Assert.That((first.Votes.Select(v => v.User.UserId), first.HasMore), Is.EqualTo((new[] { _ann.UserId, _bob.UserId }, true)));
        Assert.That(first.Votes[1].Options, Is.EqualTo(new[] { 0, 1 }));
        var second = await ListAsync(_carol, new ListVotesRequest(_group, poll, Option: 1));
        Assert.That(second.Votes.Select(v => v.User.UserId), Is.EqualTo(new[] { _bob.UserId, _carol.UserId }));
    }

    [Test]
    public async Task A_poll_is_closed_by_its_author_or_its_time()
    {
        var poll = await SendAsync(new PollDraft("Now?", ["yes", "no"]));
        await VoteAsync(_bob, poll, 0);
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.ClosePoll), new ClosePollRequest(_group, poll)), Does.StartWith("forbidden: "), "somebody else's");
        var closed = await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.ClosePoll), new ClosePollRequest(_group, poll));
        var heard = await _bob.Changes.WaitForAsync(c => c.ChangeId == closed.ChangeId);
        Assert.That((heard.Kind, heard.Message!.Poll!.ClosedAt), Is.EqualTo((MessageChangeKinds.PollClosed, heard.Message.Poll.ClosedAt)));
        Assert.That(heard.Message.Poll.ClosedAt, Is.Not.Null);
        foreach (var options in new int[][] { [1], [] }) Assert.That(await RefusalAsync(_bob, poll, options), Does.StartWith("forbidden: this poll is closed"));
        Assert.That((await _ann.CallAsync<MessageChangeResult>(nameof(ChatHub.ClosePoll), new ClosePollRequest(_group, poll))).ChangeId, Is.Null);

        var late = await SendAsync(new PollDraft("Then?", ["yes", "no"], ClosesAt: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1)));
        Assert.That(await RefusalAsync(_bob, late, 0), Does.StartWith("forbidden: this poll is closed"));
    }

    [Test]
    public async Task Who_was_away_has_the_votes_by_sync_and_many_at_once_are_counted_exactly()
    {
        var poll = await SendAsync(new PollDraft("Which?", ["a", "b", "c"]));
        var held = await SyncAsync(_bob, 0, null);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => VoteAsync(new[] { _ann, _bob, _carol }[i % 3], poll, i % 2)));
        var stored = await Database.ListAsync<int>("SELECT options FROM poll_votes WHERE chat_id = @chat AND message_id = @id", new { chat = _group, id = poll });
        var read = (await SyncAsync(_bob, held.UpToMessageId, held.UpToChangeId)).Changes.Single();
        Assert.That(CountsOf(read), Is.EqualTo(new[] { stored.Count(o => o == 1), stored.Count(o => o == 2), 0 }));
        Assert.That((read.Poll!.Voters, read.MyVotes!.Count), Is.EqualTo((3, 1)));
    }

    [Test]
    public async Task A_poll_that_one_also_reacts_to_says_both_and_once_deleted_neither()
    {
        var poll = await SendAsync(new PollDraft("Which?", ["a", "b"]));
        await VoteAsync(_bob, poll, 1);
        await _bob.CallAsync<MessageChangeResult>(nameof(ChatHub.SetReaction), new SetReactionRequest(_group, poll, "👍"));
        var read = await ReadAsync(_bob, poll);
        Assert.That((read.MyReaction, read.MyVotes), Is.EqualTo(("👍", (IReadOnlyList<int>)[1])));
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [poll], ForEveryone: true));
        read = await ReadAsync(_bob, poll);
        Assert.That((read.Poll, read.MyReaction, read.MyVotes), Is.EqualTo(((PollView?)null, (string?)null, (IReadOnlyList<int>?)null)));
        Assert.That(await RefusalAsync(_bob, poll, 0), Does.StartWith("invalid: messageId: "));
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM poll_votes WHERE chat_id = @chat", new { chat = _group }), Is.Zero);
    }

    [Test]
    public async Task Not_in_what_is_no_poll_nor_under_a_block()
    {
        var text = await _ann.SendAsync(_group, "no poll");
        Assert.That(await RefusalAsync(_bob, text.MessageId, 0), Does.StartWith("invalid: messageId: "));
        Assert.That(await RefusalAsync(_bob, 999, 0), Does.StartWith("not_found: "));

        var chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        var poll = await SendAsync(new PollDraft("Friends?", ["yes", "no"]), chat);
        await _bob.CallAsync<BlockResult>(nameof(ChatHub.BlockUser), new BlockUserRequest(_ann.UserId));
        foreach (var client in new[] { _ann, _bob })
            Assert.That(await client.RefusalAsync(nameof(ChatHub.VotePoll), new VotePollRequest(chat, poll, [0])), Does.StartWith("forbidden: "));
        Assert.That((await _bob.GetChatAsync(chat)).LastChangeId, Is.Zero);
    }

    private async Task<long> SendAsync(PollDraft poll, long? chat = null) =>
        (await _ann.CallAsync<SendMessageResult>(
            nameof(ChatHub.SendMessage), new SendMessageRequest(chat ?? _group, Guid.NewGuid(), Poll: poll))).MessageId;

    private Task<MessageChangeResult> VoteAsync(TestClient client, long messageId, params int[] options) =>
        client.CallAsync<MessageChangeResult>(nameof(ChatHub.VotePoll), new VotePollRequest(_group, messageId, options));

    private Task<string> RefusalAsync(TestClient client, long messageId, params int[] options) =>
        client.RefusalAsync(nameof(ChatHub.VotePoll), new VotePollRequest(_group, messageId, options));

    private static Task<VotePage> ListAsync(TestClient client, ListVotesRequest request) =>
        client.CallAsync<VotePage>(nameof(ChatHub.ListVotes), request);

    private async Task<MessageView> ReadAsync(TestClient client, long messageId) =>
        (await client.ListMessagesAsync(new ListMessagesRequest(_group))).Messages.Single(m => m.MessageId == messageId);

    private static int[] CountsOf(MessageView message) => [.. message.Poll!.Options.Select(option => option.Votes)];

    private Task<SyncChatResult> SyncAsync(TestClient client, long messageId, long? changeId) =>
        client.CallAsync<SyncChatResult>(nameof(ChatHub.SyncChat), new SyncChatRequest(_group, messageId, null, changeId, 0));
}
