using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Messages that are no texts: what they hold arrives as it was sent, and a chat may forbid them by themselves.</summary>
[TestFixture]
public sealed class PlacesAndContacts : ServerFixture
{
    private static readonly LocationView Place = new(52.520008, -13.404954, AccuracyMeters: 12, Name: "Fernsehturm", Address: "Panoramastraße 1A");

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _group;

    [SetUp]
    public async Task Meet()
    {
        (_ann, _bob) = await AnnAndBobAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _bob.UntilInAsync(_group);
    }

    [Test]
    public async Task They_arrive_as_they_were_sent()
    {
        var card = new ContactCardView("Zoë 👋", "+4915112345678", _ann.UserId);
        SendMessageRequest[] requests =
        [
            Request() with { Location = Place },
            Request() with { Location = new LocationView(0, 0), Type = MessageTypes.Location },
            Request() with { Contact = card },
            Request() with { Contact = new ContactCardView("Zoë", UserId: 5), Type = MessageTypes.Contact },
            Request() with { Text = "a text", Type = MessageTypes.Text },
        ];
        foreach (var request in requests) await SendAsync(_ann, request);
        await _bob.Messages.WaitForAsync(m => m.ClientMessageId == requests[^1].ClientMessageId);
        var expected = new (string, string?, LocationView?, ContactCardView?)[]
        {
            ("location", null, Place, null), ("location", null, new LocationView(0, 0), null), ("contact", null, null, card),
            ("contact", null, null, new ContactCardView("Zoë", UserId: 5)), ("text", "a text", null, null),
        };
        Assert.That(_bob.Messages.All.Where(m => m.System is null).Select(m => (m.Type, m.Text, m.Location, m.Contact)), Is.EqualTo(expected));
        Assert.That((await _bob.CatchUpAsync(_group)).Where(m => m.System is null).Select(m => (m.Type, m.Text, m.Location, m.Contact)), Is.EqualTo(expected));
        Assert.That((await _bob.GetChatAsync(_group)).UnreadCount, Is.EqualTo(5));
        Assert.That((await SendAsync(_ann, requests[0])).Duplicate, Is.True);
    }

    [Test]
    public async Task A_deleted_one_leaves_nothing_and_none_is_edited()
    {
        var sent = await SendAsync(_ann, Request() with { Location = Place });
        Assert.That(
            await _ann.RefusalAsync(nameof(ChatHub.EditMessage), new EditMessageRequest(_group, sent.MessageId, "x")), Does.StartWith("invalid: messageId"));
        await _ann.CallAsync<DeleteMessagesResult>(nameof(ChatHub.DeleteMessages), new DeleteMessagesRequest(_group, [sent.MessageId], ForEveryone: true));
        var tombstone = (await _bob.CatchUpAsync(_group)).Single(m => m.MessageId == sent.MessageId);
        Assert.That((tombstone.Type, tombstone.Location, tombstone.DeletedAt is not null), Is.EqualTo(("location", (LocationView?)null, true)));
    }

    [Test]
    public async Task Texts_and_all_else_are_allowed_by_themselves()
    {
        await AllowAsync("send_text");
        Assert.That(await RefusalAsync(Request() with { Location = Place }), Does.StartWith("forbidden: "));
        await SendAsync(_bob, Request() with { Text = "a text" });
        await AllowAsync("send_media");
        Assert.That(await RefusalAsync(Request() with { Text = "a text" }), Does.StartWith("forbidden: "));
        await SendAsync(_bob, Request() with { Location = Place });
    }

    [Test]
    public async Task What_does_not_fit_together()
    {
        var card = new ContactCardView("Ann", UserId: 1);
        (SendMessageRequest Request, string Field)[] bad =
        [
            (Request(), "text"),
            (Request() with { Type = MessageTypes.Text }, "text"),
            (Request() with { Type = MessageTypes.Location }, "location"),
            (Request() with { Type = MessageTypes.Contact, Location = Place }, "location"),
            (Request() with { Location = Place, Contact = card }, "contact"),
            (Request() with { Location = Place, Text = "here" }, "text"),
            (Request() with { Contact = card, Text = "call her" }, "text"),
            (Request() with { Type = MessageTypes.Text, Text = "x", Contact = card }, "contact"),
            (Request() with { Type = MessageTypes.System, Text = "x" }, "type"),
            (Request() with { Type = "sticker", Text = "x" }, "type"),
        ];
        foreach (var (request, field) in bad)
            Assert.That(await RefusalAsync(request), Does.StartWith($"invalid: {field}: "), $"{request}");
    }

    private SendMessageRequest Request() => new(_group, Guid.NewGuid());

    private static Task<SendMessageResult> SendAsync(TestClient client, SendMessageRequest request) =>
        client.CallAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request);

    private Task<string> RefusalAsync(SendMessageRequest request) => _bob.RefusalAsync(nameof(ChatHub.SendMessage), request);

    private Task AllowAsync(params string[] permissions) =>
        _ann.CallAsync<MembershipResult>(nameof(ChatHub.SetDefaultPermissions), new SetDefaultPermissionsRequest(_group, permissions));
}
