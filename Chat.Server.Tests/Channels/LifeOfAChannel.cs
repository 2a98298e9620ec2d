using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Channels;

/// <summary>A channel from its making to its end, on the wire: who finds it, reads it, writes in it, and what nobody learns.</summary>
[TestFixture]
public sealed class LifeOfAChannel : ServerFixture
{
    private static int _names;

    protected override Dictionary<string, string> Settings => new() { ["Views:FlushInterval"] = "00:00:00.1" };

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;

    [SetUp]
    public async Task Connect() => (_ann, _bob, _carol) = await AnnBobAndCarolAsync();

    [Test]
    public async Task A_public_channel_is_found_by_its_name_read_before_one_joins_and_joined()
    {
        var name = NewName();
        var made = await CreateAsync(name);
        Assert.That((made.Type, made.Role, made.Username, made.MemberCount, made.LastMessage!.System!.Kind), Is.EqualTo(
            (ChatTypes.Channel, ParticipantRoles.Owner, name, 1, SystemMessageKinds.ChannelCreated)));
        await _ann.SendAsync(made.ChatId, "before");

        var found = await _bob.CallAsync<PublicChannelView>("GetPublicChannel", new GetPublicChannelRequest(name.ToUpperInvariant()));
        Assert.That(found, Is.EqualTo(new PublicChannelView(made.ChatId, name, "News", "What is new", 1, Joined: false, PictureMediaId: null)));
        Assert.That(await _bob.RefusalAsync("GetChat", new GetChatRequest(made.ChatId)), Does.StartWith("not_found: "));
        var preview = await _bob.CallAsync<MessagePage>("PreviewChannel", new PreviewChannelRequest(made.ChatId, Limit: 1));
        Assert.That((preview.Messages.Single().Text, preview.HasOlder, preview.HasNewer), Is.EqualTo(("before", true, false)));

        var joined = await JoinAsync(_bob, made.ChatId);
        Assert.That((joined.Role, joined.MemberCount, joined.UnreadCount, joined.Permissions.Single()), Is.EqualTo((ParticipantRoles.Member, 2, 0, "react")));
        Assert.That((await JoinAsync(_bob, made.ChatId)).MemberCount, Is.EqualTo(2), "a repeat is free");
        await _bob.UntilInAsync(made.ChatId);
        await _ann.SendAsync(made.ChatId, "after");
        Assert.That((await _bob.Messages.WaitForAsync(m => m.Text == "after")).MessageId, Is.EqualTo(3));
        Assert.That((await _bob.CatchUpAsync(made.ChatId)).Select(m => m.Text), Is.EqualTo(new[] { null, "before", "after" }), "all of it, and no word of who came");
        Assert.That((await _bob.GetChatAsync(made.ChatId)).UnreadCount, Is.EqualTo(1));
        Assert.That((await _ann.GetChatAsync(made.ChatId)).UnreadCount, Is.Zero, "one's own posts are not unread");
    }

    [Test]
    public async Task A_private_channel_is_there_for_those_who_were_let_in_alone()
    {
        var channel = (await CreateAsync(name: null)).ChatId;
        foreach (var request in new (string, object)[] { ("JoinChannel", new JoinChannelRequest(channel)), ("PreviewChannel", new PreviewChannelRequest(channel)) })
            Assert.That(await _bob.RefusalAsync(request.Item1, request.Item2), Does.StartWith("not_found: "));
        var invite = await _ann.CallAsync<CreateInviteResult>("CreateInvite", new CreateInviteRequest(channel));
        Assert.That(
            await _bob.CallAsync<InvitePreview>("PreviewInvite", new PreviewInviteRequest(invite.Code)), Is.EqualTo(new InvitePreview(ChatTypes.Channel, "News", 1, false, null)));
        await _bob.CallAsync<JoinByInviteResult>("JoinByInvite", new JoinByInviteRequest(invite.Code));
        await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(channel, [_carol.UserId]));
        await _ann.SendAsync(channel, "for both");
        await _bob.Messages.WaitForAsync(m => m.Text == "for both");
        await _carol.Messages.WaitForAsync(m => m.Text == "for both");
        var head = await _carol.GetChatAsync(channel);
        Assert.That((head.MemberCount, head.LastMessageId), Is.EqualTo((3, 2)), "nothing records who came");

        await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(channel, _bob.UserId));
        await _bob.ChatsRemoved.WaitForAsync(c => c.ChatId == channel);
        await _ann.SendAsync(channel, "for Carol");
        await _carol.Messages.WaitForAsync(m => m.Text == "for Carol");
        Assert.That(_bob.Messages.All.Select(m => m.Text), Has.None.EqualTo("for Carol"));
        Assert.That((await _carol.GetChatAsync(channel)).MemberCount, Is.EqualTo(2));
    }

    [Test]
    public async Task A_name_is_one_channels_and_free_when_it_gives_it_up()
    {
        var name = NewName();
        var first = (await CreateAsync(name)).ChatId;
        Assert.That(await _bob.RefusalAsync("CreateChannel", new CreateChannelRequest(Guid.NewGuid(), "Other", Username: name)), Does.StartWith("conflict: username: "));
        var second = (await _bob.CallAsync<ChatView>("CreateChannel", new CreateChannelRequest(Guid.NewGuid(), "Other"))).ChatId;
        Assert.That(await _bob.RefusalAsync("UpdateChannel", new UpdateChannelRequest(second, name)), Does.StartWith("conflict: username: "));

        await _ann.CallAsync<MembershipResult>("UpdateChannel", new UpdateChannelRequest(first, Username: ""));
        Assert.That(await _carol.RefusalAsync("JoinChannel", new JoinChannelRequest(first)), Does.StartWith("not_found: "));
        Assert.That(await _carol.RefusalAsync("GetPublicChannel", new GetPublicChannelRequest(name)), Does.StartWith("not_found: "));
        await _bob.CallAsync<MembershipResult>("UpdateChannel", new UpdateChannelRequest(second, name));
        Assert.That((await _carol.CallAsync<PublicChannelView>("GetPublicChannel", new GetPublicChannelRequest(name))).ChatId, Is.EqualTo(second));
    }

    [Test]
    public async Task A_channel_made_again_under_the_same_name_of_its_makers_is_the_first_one()
    {
        var request = new CreateChannelRequest(Guid.NewGuid(), "News", Username: NewName());
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _ann.CallAsync<ChatView>("CreateChannel", request)));
        Assert.That(made.Select(m => m.ChatId).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Readers_read_and_those_who_run_it_write()
    {
        var channel = await ChannelAsync(_bob, _carol);
        Assert.That(await _bob.RefusalAsync("SendMessage", new SendMessageRequest(channel, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("ListParticipants", new ListParticipantsRequest(channel)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("AddMembers", new AddMembersRequest(channel, [_ann.UserId])), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("UpdateChannel", new UpdateChannelRequest(channel, Signatures: true)), Does.StartWith("forbidden: "));
        Assert.That(await _ann.RefusalAsync("SetSlowMode", new SetSlowModeRequest(channel, 60)), Does.StartWith("forbidden: "));
        Assert.That(await _ann.RefusalAsync("SilenceMember", new SilenceMemberRequest(channel, _bob.UserId, 60)), Does.StartWith("forbidden: "));
        Assert.That(
            await _ann.RefusalAsync("SetMemberPermissions", new SetMemberPermissionsRequest(channel, _bob.UserId, ["send_text"])), Does.StartWith("forbidden: "),
            "only those who run it write");

        await _ann.CallAsync<MembershipResult>("PromoteMember", new PromoteMemberRequest(channel, _bob.UserId));
        await _bob.SendAsync(channel, "by Bob");
        await _carol.Messages.WaitForAsync(m => m.Text == "by Bob");
        var readers = await _bob.CallAsync<ParticipantPage>("ListParticipants", new ListParticipantsRequest(channel));
        Assert.That(readers.Participants.Select(p => p.User.UserId), Is.EquivalentTo(new[] { _ann.UserId, _bob.UserId, _carol.UserId }));
        await _ann.CallAsync<MembershipResult>("DemoteMember", new DemoteMemberRequest(channel, _bob.UserId));
        Assert.That(await _bob.RefusalAsync("SendMessage", new SendMessageRequest(channel, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "));
        Assert.That((await _carol.GetChatAsync(channel)).LastMessageId, Is.EqualTo(2), "nothing records who runs it");
    }

    [Test]
    public async Task Nobody_learns_who_wrote_changed_or_renamed()
    {
        var channel = await ChannelAsync(_bob);
        var sent = await _ann.SendAsync(channel, "a post");
        await _ann.CallAsync<MessageChangeResult>("EditMessage", new EditMessageRequest(channel, sent.MessageId, "edited"));
        await _ann.CallAsync<MembershipResult>("UpdateChatInfo", new UpdateChatInfoRequest(channel, "Renamed"));
        var changed = await _bob.Changes.WaitForAsync(c => c.ChatId == channel);
        await _bob.Messages.WaitForAsync(m => m.System?.Kind == SystemMessageKinds.TitleChanged);
        var synced = await _bob.CallAsync<SyncChatResult>("SyncChat", new SyncChatRequest(channel, sent.MessageId, AfterChangeId: 0));
        IReadOnlyList<MessageView> seen =
        [
            .. _bob.Messages.All.Where(m => m.ChatId == channel), .. await _bob.CatchUpAsync(channel), changed.Message!, .. synced.Changes,
            .. (await _bob.ListMessagesAsync(new ListMessagesRequest(channel))).Messages, (await _bob.GetChatAsync(channel)).LastMessage!,
            .. (await _carol.CallAsync<MessagePage>("PreviewChannel", new PreviewChannelRequest(channel))).Messages,
        ];
        Assert.That(seen.Select(m => m.Text), Has.Some.EqualTo("a post").And.Some.EqualTo("edited"));
        Assert.That(seen.Select(m => m.SenderId), Is.All.Zero);
        Assert.That(changed.ActorId, Is.Zero);
        Assert.That(seen.Select(m => m.Signature), Is.All.Null);

        await _ann.CallAsync<DeleteMessagesResult>("DeleteMessages", new DeleteMessagesRequest(channel, [sent.MessageId], ForEveryone: true));
        var deleted = (await _bob.Changes.WaitForAsync(c => c.Message?.DeletedAt is not null)).Message!;
        Assert.That((deleted.SenderId, deleted.Text), Is.EqualTo((0, (string?)null)));
    }

    [Test]
    public async Task Nobody_learns_who_pinned_or_reacted()
    {
        var channel = await ChannelAsync(_bob, _carol);
        await using var tablet = await _bob.AnotherDeviceAsync();
        var sent = await _ann.SendAsync(channel, "a post");
        await _ann.CallAsync<MessageChangeResult>("PinMessage", new PinMessageRequest(channel, sent.MessageId));
        var pinned = (await _bob.CallAsync<PinnedPage>("ListPinned", new ListPinnedRequest(channel))).Pinned.Single();
        Assert.That((pinned.PinnedBy, pinned.Message.SenderId), Is.EqualTo((0, 0)));
        Assert.That((await _bob.Messages.WaitForAsync(m => m.System?.Kind == SystemMessageKinds.MessagePinned)).SenderId, Is.Zero);

        await _bob.CallAsync<MessageChangeResult>("SetReaction", new SetReactionRequest(channel, sent.MessageId, "👍"));
        var told = await _carol.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Reaction);
        Assert.That((told.ActorId, told.Emoji, told.Message!.Reactions!.Single()), Is.EqualTo(((long?)0, (string?)null, new ReactionCountView("👍", 1))));
        var own = await tablet.Changes.WaitForAsync(c => c.Kind == MessageChangeKinds.Reaction && c.ActorId == _bob.UserId);
        Assert.That((own.Emoji, own.ChangeId), Is.EqualTo(("👍", told.ChangeId)), "one's own devices know");
        Assert.That(await _carol.RefusalAsync("ListReactions", new ListReactionsRequest(channel, sent.MessageId)), Does.StartWith("forbidden: "));
        Assert.That((await _ann.CallAsync<ReactionPage>("ListReactions", new ListReactionsRequest(channel, sent.MessageId))).Reactions.Single().User.Name, Is.EqualTo("Bob"));
        Assert.That((await _bob.CatchUpAsync(channel)).Single(m => m.MessageId == sent.MessageId).MyReaction, Is.EqualTo("👍"));
    }

    [Test]
    public async Task Signed_posts_bear_the_name_of_their_author()
    {
        var channel = await ChannelAsync(_bob);
        await _ann.SendAsync(channel, "unsigned");
        await _ann.CallAsync<MembershipResult>("UpdateChannel", new UpdateChannelRequest(channel, Signatures: true));
        await _ann.CallAsync<MembershipResult>("PromoteMember", new PromoteMemberRequest(channel, _bob.UserId));
        var id = Guid.NewGuid();
        foreach (var sent in new[] { await _ann.SendAsync(channel, "by Ann", id), await _ann.SendAsync(channel, "by Ann", id) })
            Assert.That(sent.Signature, Is.EqualTo("Ann"), "who sends it hears no event, and is told again");
        await _bob.SendAsync(channel, "by Bob");
        Assert.That((await _bob.Messages.WaitForAsync(m => m.Text == "by Ann")).Signature, Is.EqualTo("Ann"));
        var posts = (await _bob.CatchUpAsync(channel)).Where(m => m.Text is not null).ToList();
        Assert.That(posts.Select(m => (m.Text, m.Signature, m.SenderId)), Is.EqualTo(new[] { ("unsigned", (string?)null, 0L), ("by Ann", "Ann", 0L), ("by Bob", "Bob", 0L) }));
    }

    [Test]
    public async Task One_changes_ones_own_posts_and_deletes_those_of_others_with_the_right()
    {
        var channel = await ChannelAsync(_bob, _carol);
        await _ann.CallAsync<MembershipResult>("PromoteMember", new PromoteMemberRequest(channel, _bob.UserId));
        var (ofAnn, ofBob) = (await _ann.SendAsync(channel, "by Ann"), await _bob.SendAsync(channel, "by Bob"));
        Assert.That(await _bob.RefusalAsync("EditMessage", new EditMessageRequest(channel, ofAnn.MessageId, "x")), Does.StartWith("forbidden: "));
        Assert.That(await _carol.RefusalAsync("EditMessage", new EditMessageRequest(channel, ofAnn.MessageId, "x")), Does.StartWith("forbidden: "));
        Assert.That(await _carol.RefusalAsync("DeleteMessages", new DeleteMessagesRequest(channel, [ofAnn.MessageId])), Does.StartWith("forbidden: "), "for oneself");
        await _bob.CallAsync<MessageChangeResult>("EditMessage", new EditMessageRequest(channel, ofBob.MessageId, "edited"));
        await _bob.CallAsync<DeleteMessagesResult>("DeleteMessages", new DeleteMessagesRequest(channel, [ofAnn.MessageId], ForEveryone: true));
        await _ann.CallAsync<MembershipResult>("SetMemberPermissions", new SetMemberPermissionsRequest(channel, _bob.UserId, ["send_text"]));
        await _bob.CallAsync<DeleteMessagesResult>("DeleteMessages", new DeleteMessagesRequest(channel, [ofBob.MessageId], ForEveryone: true));
        var last = await _ann.SendAsync(channel, "the last");
        Assert.That(await _bob.RefusalAsync("DeleteMessages", new DeleteMessagesRequest(channel, [last.MessageId], true)), Does.StartWith("forbidden: "));
    }

    [Test]
    public async Task A_post_that_is_sent_again_is_stored_once()
    {
        var channel = await ChannelAsync(_bob);
        var id = Guid.NewGuid();
        var sent = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _ann.SendAsync(channel, "once", id)));
        Assert.That(sent.Select(s => s.MessageId), Is.All.EqualTo(sent[0].MessageId));
        Assert.That(sent.Count(s => !s.Duplicate), Is.EqualTo(1));
        Assert.That((await _bob.CatchUpAsync(channel)).Count(m => m.Text == "once"), Is.EqualTo(1));
    }

    [Test]
    public async Task What_readers_do_is_told_to_nobody()
    {
        var channel = await ChannelAsync(_bob, _carol);
        await using var tablet = await _bob.AnotherDeviceAsync();
        var sent = await _ann.SendAsync(channel, "a post");
        await _bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId && m.ChatId == channel);
        Assert.That(await _bob.CallAsync<SetTypingResult>("SetTyping", new SetTypingRequest(channel, true)), Is.EqualTo(new SetTypingResult(channel, false)));
        var marked = await _bob.MarkReadAsync(channel, sent.MessageId);
        Assert.That(marked.ReadUpTo, Is.EqualTo(sent.MessageId));
        await tablet.Receipts.WaitForAsync(r => r.ChatId == channel && r.Receipts.Single().ReadUpTo == sent.MessageId);
        Assert.That((await _bob.GetChatAsync(channel)).UnreadCount, Is.Zero);
        Assert.That((await _ann.GetChatAsync(channel)).Watermarks, Is.EqualTo(new WatermarksView(0, 0, 0, 0)));
        Assert.That(await _ann.RefusalAsync("GetMessageInfo", new GetMessageInfoRequest(channel, sent.MessageId)), Does.StartWith("forbidden: "));
        var presence = await _carol.CallAsync<WatchPresenceResult>("WatchPresence", new WatchPresenceRequest([_ann.UserId, _bob.UserId]));
        Assert.That(presence.Presences, Is.Empty, "to read the same channel is not to know each other");

        // A message to Ann goes the same way, after those: once it is there, whatever was pushed before is there too.
        var direct = (await _bob.OpenDirectChatAsync(_ann)).ChatId;
        await _bob.SendAsync(direct, "ring");
        await _ann.Messages.WaitForAsync(m => m.ChatId == direct);
        Assert.That(_ann.Receipts.All.Where(r => r.ChatId == channel), Is.Empty);
        Assert.That(_ann.Typing.All, Is.Empty);
    }

    [Test]
    public async Task A_post_shows_how_many_have_seen_it()
    {
        var channel = await ChannelAsync(_bob, _carol);
        var (first, second) = (await _ann.SendAsync(channel, "first"), await _ann.SendAsync(channel, "second"));
        await using var tablet = await _bob.AnotherDeviceAsync();
        await Task.WhenAll(_bob.MarkReadAsync(channel, first.MessageId), tablet.MarkReadAsync(channel, first.MessageId));
        await _bob.MarkReadAsync(channel, first.MessageId);
        await _carol.MarkReadAsync(channel, second.MessageId);
        await UntilViewsAsync(channel, (first.MessageId, 2), (second.MessageId, 1));
        await _bob.MarkReadAsync(channel, second.MessageId);
        await UntilViewsAsync(channel, (first.MessageId, 2), (second.MessageId, 2));

        Assert.That((await _bob.GetChatAsync(channel)).LastMessage!.Views, Is.EqualTo(2));
        Assert.That((await _bob.CatchUpAsync(channel)).Select(m => m.Views), Is.EqualTo(new long?[] { null, 2, 2 }), "a system message has none");
        Assert.That(_bob.Messages.All.Select(m => m.Views), Is.All.Null, "nor has what is pushed");
    }

    private Task UntilViewsAsync(long channel, params (long MessageId, long Views)[] expected) => Deadline.UntilAsync(async () =>
        (await _ann.ListMessagesAsync(new ListMessagesRequest(channel))).Messages.Where(m => m.Views is not null).Select(m => (m.MessageId, m.Views!.Value))
            .SequenceEqual(expected), $"views {string.Join(", ", expected)}");

    [Test]
    public async Task Whoever_leaves_hears_no_more_and_comes_back_to_where_they_were()
    {
        var channel = await ChannelAsync(_bob, _carol);
        var first = await _ann.SendAsync(channel, "first");
        await _bob.MarkReadAsync(channel, first.MessageId);
        await _bob.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(channel));
        await _bob.ChatsRemoved.WaitForAsync(c => c.ChatId == channel);
        Assert.That(await _bob.RefusalAsync("LeaveGroup", new LeaveGroupRequest(channel)), Does.StartWith("not_found: "));
        await _ann.SendAsync(channel, "while away");
        await _carol.Messages.WaitForAsync(m => m.Text == "while away");
        Assert.That(_bob.Messages.All.Select(m => m.Text), Has.None.EqualTo("while away"));
        var head = await JoinAsync(_bob, channel);
        Assert.That((head.UnreadCount, head.MemberCount), Is.EqualTo((0, 3)));
        Assert.That((await _bob.CatchUpAsync(channel)).Select(m => m.Text), Does.Contain("while away"));
    }

    [Test]
    public async Task When_the_owner_goes_an_admin_takes_over_and_without_one_the_channel_is_closed()
    {
        var name = NewName();
        var channel = (await CreateAsync(name)).ChatId;
        await JoinAsync(_bob, channel);
        await JoinAsync(_carol, channel);
        await _ann.CallAsync<MembershipResult>("PromoteMember", new PromoteMemberRequest(channel, _carol.UserId));
        await _ann.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(channel));
        await _carol.ChatsUpdated.WaitForAsync(c => c.ChatId == channel && c.MemberCount == 2);
        Assert.That((await _carol.GetChatAsync(channel)).Role, Is.EqualTo(ParticipantRoles.Owner));

        await _carol.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(channel));
        var head = await _bob.GetChatAsync(channel);
        Assert.That((head.Role, head.Username, head.MemberCount), Is.EqualTo((ParticipantRoles.Member, (string?)null, 1)));
        Assert.That(await _ann.RefusalAsync("JoinChannel", new JoinChannelRequest(channel)), Does.StartWith("not_found: "));
        await CreateAsync(name);
    }

    [Test]
    public async Task A_new_connection_hears_the_channels_of_its_user()
    {
        var channel = await ChannelAsync(_bob);
        await _bob.ReconnectAsync();
        await _ann.SendAsync(channel, "for a new connection");
        await _bob.Messages.WaitForAsync(m => m.Text == "for a new connection");
        Assert.That((await _bob.ListChatsAsync()).Chats.Single(c => c.ChatId == channel).MemberCount, Is.EqualTo(2));
    }

    private static string NewName() => $"channel_{Interlocked.Increment(ref _names)}";

    private Task<ChatView> CreateAsync(string? name, bool signatures = false) =>
        _ann.CallAsync<ChatView>("CreateChannel", new CreateChannelRequest(Guid.NewGuid(), "News", "What is new", name, signatures));

    /// <summary>Ann's, with these readers.</summary>
    private async Task<long> ChannelAsync(params IReadOnlyList<TestClient> readers)
    {
        var channel = (await CreateAsync(NewName())).ChatId;
        foreach (var reader in readers)
        {
            await JoinAsync(reader, channel);
            await reader.UntilInAsync(channel);
        }
        return channel;
    }

    private static Task<ChatView> JoinAsync(TestClient client, long channel) => client.CallAsync<ChatView>("JoinChannel", new JoinChannelRequest(channel));
}
