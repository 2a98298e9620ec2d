using System.Net.WebSockets;
using System.Text;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>What is no record of the protocol ends its connection, cleanly, and nothing else.</summary>
[TestFixture]
public sealed class MalformedFrames : ServerFixture
{
    private const string End = "\x1e";

    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private long _chat;

    [OneTimeSetUp]
    public async Task Connect()
    {
        _ann = await RegisterAsync("Ann");
        _bob = await RegisterAsync("Bob");
        _chat = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        await _ann.DisposeAsync();
        await _bob.DisposeAsync();
    }

    [TestCase("not json" + End, TestName = "Not JSON")]
    [TestCase("{" + End, TestName = "Half an object")]
    [TestCase("{}" + End, TestName = "An object without a type")]
    [TestCase("[]" + End, TestName = "An array")]
    [TestCase("5" + End, TestName = "A number")]
    [TestCase(End, TestName = "Nothing but a separator")]
    [TestCase("{\"type\":\"x\"}" + End, TestName = "A type that is no number")]
    [TestCase("{\"type\":1}" + End, TestName = "A call of nothing")]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":5,\"arguments\":[]}" + End, TestName = "A method name that is no text")]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":null,\"arguments\":[]}" + End, TestName = "A method name that is null")]
    [TestCase("{\"type\":1,\"invocationId\":5,\"target\":\"GetChat\",\"arguments\":[{}]}" + End, TestName = "A call id that is no text")]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":\"GetChat\"}" + End, TestName = "A call without arguments")]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":\"GetChat\",\"arguments\":{}}" + End, TestName = "Arguments that are an object")]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":\"GetChat\",\"arguments\":null}" + End, TestName = "Arguments that are null")]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":\"\\ud83d\",\"arguments\":[{}]}" + End, TestName = "A method name with half a character")]
    [TestCase("{\"type\":1,\"invocationId\":\"\\udc4b\",\"target\":\"GetChat\",\"arguments\":[{}]}" + End, TestName = "A call id with half a character")]
    public async Task A_bad_record_ends_its_connection(string frame)
    {
        await using var socket = await ConnectAsync();
        await socket.SendTextAsync(frame);
        await MustEndAloneAsync(socket);
    }

    [Test]
    public async Task Deeply_nested_input_ends_its_connection_or_is_refused()
    {
        await using var socket = await ConnectAsync();
        var deep = new string('[', 10_000) + new string(']', 10_000);
        await socket.SendTextAsync($$"""{"type":1,"invocationId":"1","target":"GetChat","arguments":[{"chatId":{{deep}}}]}""" + End);
        await Deadline.UntilAsync(
            () => !socket.IsOpen || socket.Records.Any(r => r.Contains("\"invocationId\":\"1\",\"error\":\"invalid: ", StringComparison.Ordinal)),
            "closed or refused");
        await OthersGoOnAsync();
    }

    [Test]
    public async Task A_flood_without_a_separator_ends_its_connection()
    {
        await using var socket = await ConnectAsync();
        await FloodAsync(socket, Encoding.ASCII.GetBytes(new string(' ', 8192)), frames: 12);
        await MustEndAloneAsync(socket);
    }

    [Test]
    public async Task A_record_above_the_limit_ends_its_connection()
    {
        await using var socket = await ConnectAsync();
        var text = new string('x', 100_000);
        await FloodAsync(socket, Encoding.ASCII.GetBytes(
            $$"""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[{"chatId":{{_chat}},"clientMessageId":"{{Guid.NewGuid()}}","text":"{{text}}"}]}""" + End), frames: 1);
        await MustEndAloneAsync(socket);
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM messages WHERE LENGTH(message_text) > 50000"), Is.Zero);
    }

    [Test]
    public async Task Binary_rubbish_ends_its_connection()
    {
        await using var socket = await ConnectAsync();
        var bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        bytes[^1] = 0x1e;
        await socket.SendAsync(bytes, WebSocketMessageType.Binary);
        await MustEndAloneAsync(socket);
    }

    [Test]
    public async Task Text_that_is_no_utf8_is_refused_or_ends_its_connection()
    {
        await using var socket = await ConnectAsync();
        byte[] frame =
        [
            .. Encoding.ASCII.GetBytes($$"""{"type":1,"invocationId":"1","target":"SendMessage","arguments":[{"chatId":{{_chat}},"clientMessageId":"{{Guid.NewGuid()}}","text":"a"""),
            0xff, 0xfe, 0xc3, 0x28,
            .. Encoding.ASCII.GetBytes("\"}]}" + End),
        ];
        var before = await Database.PictureAsync();
        await socket.SendAsync(frame, WebSocketMessageType.Text);
        await Deadline.UntilAsync(
            () => !socket.IsOpen || socket.Records.Any(r => r.Contains("\"error\":\"invalid: ", StringComparison.Ordinal)), "closed or refused");
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
        await OthersGoOnAsync();
    }

    [TestCase("rubbish" + End)]
    [TestCase("{}" + End)]
    [TestCase("{\"protocol\":\"messagepack\",\"version\":1}" + End)]
    [TestCase("{\"protocol\":\"json\",\"version\":99}" + End)]
    [TestCase("{\"type\":1,\"invocationId\":\"1\",\"target\":\"ListChats\",\"arguments\":[{}]}" + End)]
    public async Task A_bad_handshake_ends_its_connection(string handshake)
    {
        await using var socket = await RawHubSocket.OpenAsync(Server.Address, _ann.Account.AccessToken);
        await socket.SendTextAsync(handshake);
        await MustEndAloneAsync(socket);
    }

    [Test]
    public async Task Records_in_pieces_and_several_in_one_frame_are_fine()
    {
        await using var socket = await ConnectAsync();
        var record = $$"""{"type":1,"invocationId":"7","target":"GetChat","arguments":[{"chatId":{{_chat}}}]}""";
        foreach (var c in record) await socket.SendTextAsync(c.ToString());
        await socket.SendTextAsync(End + record.Replace("\"7\"", "\"8\"", StringComparison.Ordinal) + End + record.Replace("\"7\"", "\"9\"", StringComparison.Ordinal) + End);
        foreach (var id in new[] { "7", "8", "9" })
            await Deadline.UntilAsync(
                () => socket.Records.Any(r => r.Contains($"\"invocationId\":\"{id}\",\"result\"", StringComparison.Ordinal)), $"the answer to {id}");
    }

    [Test]
    public async Task A_record_of_a_type_to_come_is_passed_over()
    {
        await using var socket = await ConnectAsync();
        await socket.SendTextAsync("""{"type":99,"something":1}""" + End);
        Assert.That((await socket.CallAsync("GetChat", $"[{{\"chatId\":{_chat}}}]")).Error, Is.Null);
    }

    private Task<RawHubSocket> ConnectAsync() => RawHubSocket.ConnectAsync(Server.Address, _ann.Account.AccessToken);

    /// <summary>The server may hang up in the middle.</summary>
    private static async Task FloodAsync(RawHubSocket socket, byte[] frame, int frames)
    {
        try
        {
            for (var i = 0; i < frames && socket.IsOpen; i++) await socket.SendAsync(frame, WebSocketMessageType.Text);
        }
        catch (WebSocketException)
        {
        }
    }

    private async Task MustEndAloneAsync(RawHubSocket socket)
    {
        await socket.Closed.OrDeadline();
        await OthersGoOnAsync();
        Assert.That(Server.Logs.Lines.Where(l => l.StartsWith("Critical", StringComparison.Ordinal)), Is.Empty);
    }

    private async Task OthersGoOnAsync()
    {
        var sent = await _ann.SendAsync(_chat, "still here");
        await _bob.Messages.WaitForAsync(m => m.ChatId == _chat && m.MessageId == sent.MessageId);
    }
}
