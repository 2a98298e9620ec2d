using System.Text.Json;
using Chat.Server.Hubs;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Tests.Hubs;

/// <summary>What is written by hand reads as what the generated code writes.</summary>
[TestFixture]
public sealed class WritingMessages
{
    private static readonly DateTime At = new DateTime(2026, 11, 24, 12, 34, 56, DateTimeKind.Utc).AddTicks(1234560);

    public static IEnumerable<object> Values =>
    [
        new MessageView(1, 2, 3, Guid.Parse("0190a0a0-1111-7222-8333-444455556666"), "text", "hello", null, At),
        new MessageView(long.MaxValue, 1, 1, null, "text", "<a href=\"x\">'&+é\u4e2d😀\u2028\t\r\n\\/</a>", null, At.Date),
        new MessageView(1, 2, 3, null, "system", null, new SystemMessageView("group_created", [4, 5], "Títle"), At),
        new MessageView(1, 2, 3, null, "system", null, new SystemMessageView("member_left", [], null), At),
        new MessageView(1, 2, 3, Guid.Empty, "text", "edited", null, At, ChangeId: 7, EditedAt: At.AddSeconds(1)),
        new MessageView(1, 2, 3, Guid.Empty, "text", null, null, At, ChangeId: 8, DeletedAt: At.AddSeconds(2)),
        new MessageView(1, 2, 3, Guid.Empty, "text", "liked", null, At, ChangeId: 9, Reactions: [new("👍🏽", 2), new("❤️", 1)], MyReaction: "👍🏽"),
        new MessageView(1, 2, 3, Guid.Empty, "text", "kept", null, At, ChangeId: 9, Pinned: true),
        new MessageView(1, 2, 3, null, "system", null, new SystemMessageView("message_pinned", [], null, 7), At),
        new MessageView(1, 2, 3, Guid.Empty, "text", "yes", null, At, ReplyTo: new ReplyView(1)),
        new MessageView(1, 2, 3, Guid.Empty, "location", null, null, At, ReplyTo: new ReplyView(1, 4, "text", "where?"), Location: new LocationView(-12.5, 180, Name: "Hér")),
        new MessageView(1, 2, 3, Guid.Empty, "contact", null, null, At, Contact: new ContactCardView("Ann", "+4915112345678", 7)),
        new MessageView(1, 2, 3, Guid.Empty, "image", "with @you", null, At, Mentions: [4, 5], Media: new MessageMediaView(6, "image/png", 7, true, "é.png", 8, 9)),
        new MessageView(1, 2, 3, Guid.Empty, "voice", null, null, At, Media: new MessageMediaView(6, "audio/ogg", 7, false, DurationMs: 1234)),
        new MessageView(1, 2, 3, Guid.Empty, "text", "news", null, At, Forwarded: new ForwardedView("channel", Title: "Néws")),
        new MessageView(1, 2, 3, Guid.Empty, "text", "news", null, At, Forwarded: new ForwardedView("direct", 7)),
        new MessageView(1, 2, 3, Guid.Empty, "text", "for a day", null, At, ExpiresAt: At.AddDays(1)),
        new MessageView(1, 2, 3, null, "system", null, new SystemMessageView("disappearing_changed", [], null, Seconds: 86400), At),
        new MessageView(1, 2, 3, Guid.Empty, "poll", null, null, At, ChangeId: 3, Poll: new PollView("Who?", [new("Ann", 2), new("Bob", 0)], true, false, 2, At), MyVotes: [0]),
        new SendMessageResult(1, 2, At, Duplicate: false),
        new SendMessageResult(1, 2, At, Duplicate: false, Withheld: true, ExpiresAt: At.AddDays(1)),
        new SendMessageResult(1, 2, At, Duplicate: false, Signature: "Änn"),
        new SendMessageResult(9_007_199_254_740_991, 2, At.AddTicks(7), Duplicate: true),
    ];

    [TestCaseSource(nameof(Values))]
    public void As_the_generated_code_does(object value)
    {
        var generated = Options();
        var byHand = Options();
        MessageJson.AddTo(byHand);
        Assert.That(JsonSerializer.Serialize(value, value.GetType(), byHand), Is.EqualTo(JsonSerializer.Serialize(value, value.GetType(), generated)));
    }

    [Test]
    public void Also_within_a_page()
    {
        var page = new MessagePage(1, [.. Values.OfType<MessageView>()], HasOlder: true, HasNewer: false);
        var byHand = Options();
        MessageJson.AddTo(byHand);
        Assert.That(JsonSerializer.Serialize(page, byHand), Is.EqualTo(JsonSerializer.Serialize(page, Options())));
    }

    /// <summary>As SignalR has them.</summary>
    private static JsonSerializerOptions Options()
    {
        var options = new JsonHubProtocolOptions().PayloadSerializerOptions;
        options.TypeInfoResolverChain.Insert(0, ContractJson.Default);
        return options;
    }
}
