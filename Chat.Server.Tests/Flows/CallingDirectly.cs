using System.Text;
using System.Text.Json;
using Chat.Server.Hubs.Direct;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Flows;

/// <summary>Calls that pass SignalR by are answered as those that do not.</summary>
[TestFixture]
public sealed class CallingDirectly : ServerFixture
{
    private const string Uuid = "0198c2f0-1234-7000-8000-0123456789ab";

    public static IEnumerable<string> Ordinary =>
    [
        $$$"""{"type":1,"invocationId":"7","target":"SendMessage","arguments":[{"chatId":1,"clientMessageId":"{{{Uuid}}}","text":"hello"}]}""",
        $$$"""{"arguments":[{"chatId":1,"clientMessageId":"{{{Uuid}}}","text":"hello"}],"target":"SendMessage","invocationId":"7","type":1}""",
        $$$""" { "type" : 1 , "target" : "SendMessage" , "invocationId" : "7", "arguments" : [ {"text":"h\u0065llo","Chatid":1,"clientMessageId":"{{{Uuid}}}"} ] } """,
        $$$"""{"type":1,"invocationId":"7","target":"SendMessage","arguments":[{"chatId":1,"clientMessageId":"{{{Uuid}}}","text":"hello","more":[1]}]}""",
    ];

    public static IEnumerable<string> OutOfTheOrdinary =>
    [
        "",
        "null",
        "[]",
        "{}",
        """{"type":6}""",
        """{"type":1,"invocationId":"7","target":"GetChat","arguments":[{"chatId":1}]}""",
        """{"type":1,"target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}""",
        """{"type":1,"invocationId":null,"target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}""",
        """{"type":1,"invocationId":7,"target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}""",
        """{"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}""",
        """{"type":4,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}],"streamIds":["1"]}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}],"headers":{}}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[]}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[null]}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":{"chatId":1,"upTo":1}}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1},{}]}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":"one","upTo":1}]}""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]""",
        """{"type":1,"invocationId":"7","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}}""",
        """{"type":1,"invocationId":"7","target":"MarkRead"}""",
        """{"type":1,"invocationId":"\udc4b","target":"MarkRead","arguments":[{"chatId":1,"upTo":1}]}""",
        """{"arguments":[{"chatId":"one","upTo":1}],"type":1,"invocationId":"7","target":"MarkRead"}""",
    ];

    [TestCaseSource(nameof(Ordinary))]
    public void An_ordinary_call_is_taken(string record)
    {
        var call = Find(record);
        Assert.That((call?.Method.Name, call?.InvocationId), Is.EqualTo(("SendMessage", "7")));
        Assert.That(call!.Value.Request, Is.EqualTo(new SendMessageRequest(1, new Guid(Uuid), "hello")));
    }

    [TestCaseSource(nameof(OutOfTheOrdinary))]
    public void Everything_else_is_left_to_SignalR(string record) => Assert.That(Find(record), Is.Null);

    [Test]
    public async Task Each_way_has_the_same_answers()
    {
        var (ann, bob) = await AnnAndBobAsync();
        var chat = await ann.OpenDirectChatAsync(bob);
        await bob.SendAsync(chat.ChatId, "first");
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, ann.Account.AccessToken);
        string[] requests =
        [
            "SendMessage:" + Message(chat.ChatId, "hello"),
            "SendMessage:" + Message(chat.ChatId, ""),
            "SendMessage:" + Message(chat.ChatId + 1000, "to nobody"),
            "SendMessage:" + Message(0, "nowhere"),
            "SendMessage:" + Message(chat.ChatId, new string('x', 5000)),
            $$"""SendMessage:{"chatId":"one"}""",
            $$"""SendMessage:{"chatId":{{chat.ChatId}},"clientMessageId":"{{Guid.NewGuid()}}","text":"an answer","replyTo":1}""",
            $$"""SendMessage:{"chatId":{{chat.ChatId}},"clientMessageId":"{{Guid.NewGuid()}}","text":"an answer to nothing","replyTo":77}""",
            $$"""MarkDelivered:{"chatId":{{chat.ChatId}},"upTo":1}""",
            $$"""MarkRead:{"chatId":{{chat.ChatId}},"upTo":1}""",
            $$"""MarkRead:{"chatId":{{chat.ChatId}},"upTo":77}""",
            $$"""MarkRead:{"chatId":{{chat.ChatId}},"upTo":-1}""",
            $$"""MarkRead:{"chatId":{{chat.ChatId + 1000}},"upTo":1}""",
        ];
        foreach (var text in requests)
        {
            var (method, request) = (text[..text.IndexOf(':')], text[(text.IndexOf(':') + 1)..]);
            var direct = await socket.CallAsync(method, $"[{request}]");
            var usual = await socket.SendCallAsync(id => UsualWay(id, method, request));
            Assert.That(usual.Error, Is.EqualTo(direct.Error), text);
            // What is sent once more is a repeat, of whichever way.
            var (first, second) = ($"{direct.Result}", $"{usual.Result}".Replace("\"duplicate\":true", "\"duplicate\":false"));
            Assert.That(second, Is.EqualTo(first), text);
        }
        Assert.That((await ann.CatchUpAsync(chat.ChatId)).Select(m => m.Text), Is.EqualTo(new[] { "first", "hello", "an answer" }));
    }

    [Test]
    public async Task A_clients_sends_keep_their_order_whichever_way_each_goes()
    {
        const int count = 300;
        var (ann, bob) = await AnnAndBobAsync();
        var chat = await ann.OpenDirectChatAsync(bob);
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, ann.Account.AccessToken);
        await using (await HeldLock.OnChatAsync(Database, chat.ChatId))
        {
            // More than may be under way at once, in few frames.
            var records = Enumerable.Range(0, count).Select(i => i % 3 == 2
                ? UsualWay($"c{i}", "SendMessage", Message(chat.ChatId, $"{i}"))
                : $$"""{"type":1,"invocationId":"c{{i}}","target":"SendMessage","arguments":[{{Message(chat.ChatId, $"{i}")}}]}""");
            foreach (var some in records.Chunk(40)) await socket.SendTextAsync(string.Join(RawHubSocket.Separator, some) + RawHubSocket.Separator);
        }
        await bob.Messages.WaitForCountAsync(count);
        Assert.That(bob.Messages.All.Select(m => m.Text), Is.EqualTo(Enumerable.Range(0, count).Select(i => $"{i}")));
        await Deadline.UntilAsync(() => socket.Records.Count(r => r.Contains("\"type\":3")) == count, "all are answered");
    }

    [Test]
    public async Task A_frame_that_ends_within_a_record_is_put_together()
    {
        var (ann, bob) = await AnnAndBobAsync();
        var chat = await ann.OpenDirectChatAsync(bob);
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, ann.Account.AccessToken);
        var text = string.Concat(Enumerable.Range(0, 40).Select(i =>
            $$"""{"type":1,"invocationId":"c{{i}}","target":"SendMessage","arguments":[{{Message(chat.ChatId, $"{i}: {new string('x', i * 50)}")}}]}""" + RawHubSocket.Separator));
        for (var at = 0; at < text.Length; at += 777) await socket.SendTextAsync(text[at..Math.Min(text.Length, at + 777)]);
        await bob.Messages.WaitForCountAsync(40);
        Assert.That(bob.Messages.All.Select(m => m.Text!.Split(':')[0]), Is.EqualTo(Enumerable.Range(0, 40).Select(i => $"{i}")));
    }

    [Test]
    public async Task What_wants_no_answer_is_done_all_the_same()
    {
        var (ann, bob) = await AnnAndBobAsync();
        var chat = await ann.OpenDirectChatAsync(bob);
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, ann.Account.AccessToken);
        await socket.SendTextAsync($$"""{"type":1,"target":"SendMessage","arguments":[{{Message(chat.ChatId, "no answer, please")}}]}""" + RawHubSocket.Separator);
        await bob.Messages.WaitForAsync(m => m.Text == "no answer, please");
        Assert.That(socket.Records.Where(r => r.Contains("\"type\":3")), Is.Empty);
    }

    private DirectCall? Find(string record) => Server.Services.GetRequiredService<DirectCalls>().Find(Encoding.UTF8.GetBytes(record));

    /// <summary>A call that is passed to SignalR, as it has a header.</summary>
    private static string UsualWay(string id, string method, string request) =>
        $$$"""{"type":1,"invocationId":"{{{id}}}","headers":{"a":"b"},"target":"{{{method}}}","arguments":[{{{request}}}]}""";

    private static string Message(long chatId, string text) =>
        $$"""{"chatId":{{chatId}},"clientMessageId":"{{Guid.NewGuid()}}","text":{{JsonSerializer.Serialize(text)}}}""";
}
