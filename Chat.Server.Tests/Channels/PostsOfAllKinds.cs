using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Channels;

/// <summary>Posts that answer, are forwarded or name people: nobody learns by them who wrote or who reads.</summary>
[TestFixture]
public sealed class PostsOfAllKinds : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _channel;
    private long _direct;

    /// <summary>Ann posts, Bob reads, and Bob talks with Carol.</summary>
    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _channel = (await _ann.CallAsync<ChatView>(
            nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "News", Username: $"n{Guid.NewGuid():N}"[..20], Signatures: true))).ChatId;
        await _bob.CallAsync<ChatView>(nameof(ChatHub.JoinChannel), new JoinChannelRequest(_channel));
        _direct = (await _bob.OpenDirectChatAsync(_carol)).ChatId;
    }

    [Test]
    public async Task A_post_that_answers_another_does_not_say_who_wrote_that()
    {
        var first = await _ann.SendAsync(_channel, "first");
        var request = new SendMessageRequest(_channel, Guid.NewGuid(), "second", ReplyTo: first.MessageId, Mentions: [_bob.UserId]);
        var second = await SendAsync(_ann, request);
        var pushed = await _bob.Messages.WaitForAsync(m => m.MessageId == second.MessageId && m.ChatId == _channel);
        var read = (await _bob.CatchUpAsync(_channel)).Single(m => m.MessageId == second.MessageId);
        Assert.That(new[] { pushed.ReplyTo, read.ReplyTo }, Is.All.EqualTo(new ReplyView(first.MessageId, 0, "text", "first")));
        Assert.That(new[] { pushed.Mentions, read.Mentions }, Is.All.Null, "nobody is told who reads");

        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_channel, [first.MessageId], ForEveryone: true));
        Assert.That(await SendAsync(_ann, request), Is.EqualTo(second with { Duplicate = true }));
    }

    [Test]
    public async Task A_forwarded_post_comes_from_the_channel_and_from_nobody()
    {
        var post = await _ann.SendAsync(_channel, "news");
        var forwarded = (await ForwardAsync(_bob, _channel, post.MessageId, _direct)).Messages.Single();
        var read = (await _carol.CatchUpAsync(_direct)).Single(m => m.MessageId == forwarded.MessageId);
        Assert.That((read.SenderId, read.Text, read.Forwarded, read.Signature), Is.EqualTo((_bob.UserId, "news", new ForwardedView("channel", Title: "News"), (string?)null)));
    }

    [Test]
    public async Task Only_who_may_post_forwards_into_it_and_a_repeat_posts_nothing_again()
    {
        var text = await _carol.SendAsync(_direct, "from a chat");
        var refused = await ForwardAsync(_bob, _direct, text.MessageId, _channel);
        Assert.That((refused.Messages.Count, refused.Error), Is.EqualTo((0, "forbidden: you may not send this here")));

        var own = (await _ann.OpenDirectChatAsync(_carol)).ChatId;
        var source = await _carol.SendAsync(own, "for the channel");
        var id = Guid.NewGuid();
        var first = (await ForwardAsync(_ann, own, source.MessageId, _channel, id)).Messages.Single();
        Assert.That((await ForwardAsync(_ann, own, source.MessageId, _channel, id)).Messages.Single(), Is.EqualTo(first with { Duplicate = true }));
        await _carol.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(own, [source.MessageId], ForEveryone: true));
        Assert.That((await ForwardAsync(_ann, own, source.MessageId, _channel, id)).Messages.Single(), Is.EqualTo(first with { Duplicate = true }));
        var read = (await _bob.CatchUpAsync(_channel)).Single(m => m.MessageId == first.MessageId);
        Assert.That((read.SenderId, read.Text, read.Signature), Is.EqualTo((0L, "for the channel", "Ann")));
    }

    private static Task<SendMessageResult> SendAsync(TestClient client, SendMessageRequest request) =>
        client.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);

    private static async Task<ForwardedIntoView> ForwardAsync(TestClient client, long from, long messageId, long to, Guid? id = null) =>
        (await client.CallAsync<ForwardMessagesResult>(
            nameof(ChatHub.ForwardMessages), new ForwardMessagesRequest(id ?? Guid.NewGuid(), from, [messageId], [to]))).Chats.Single();
}
