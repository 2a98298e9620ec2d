using System.Text;
using System.Text.Json;
using Chat.Bench.Client;
using NUnit.Framework;

namespace Chat.Server.Tests.Bench;

/// <summary>The generator writes and reads records by hand; here they are held against JSON.</summary>
public sealed class TheGenerator
{
    [TestCase(1)]
    [TestCase(1234567)]
    [TestCase(long.MaxValue)]
    public void Marks_are_calls_of_the_protocol(long upTo)
    {
        var frame = MarkFrame.Read(chatId: 42);
        frame.For(9_999_999);
        var bytes = frame.For(upTo);
        var record = Encoding.UTF8.GetString(bytes[..^1]);
        var call = JsonDocument.Parse(record).RootElement;
        var known = frame.TryReadUpTo(Encoding.UTF8.GetBytes(call.GetProperty("invocationId").GetString()!), out var read);
        var last = bytes[^1];
        Assert.Multiple(() =>
        {
            Assert.That(last, Is.EqualTo(RawHubConnection.RecordSeparator));
            Assert.That(call.GetProperty("target").GetString(), Is.EqualTo("MarkRead"));
            Assert.That(call.GetProperty("arguments")[0].GetProperty("chatId").GetInt64(), Is.EqualTo(42));
            Assert.That(call.GetProperty("arguments")[0].GetProperty("upTo").GetInt64(), Is.EqualTo(upTo));
            Assert.That(known && read == upTo, "the answer's id says up to where");
            Assert.That(MarkFrame.Delivered(42).TryReadUpTo(Encoding.UTF8.GetBytes("r12"), out _), Is.False, "the other mark's answer");
        });
    }

    [Test]
    public void Receipts_of_one_user_are_found_among_others()
    {
        var payload = """{"chatId":7,"receipts":[{"userId":1,"deliveredUpTo":5,"readUpTo":4},{"userId":2,"readUpTo":9,"more":[{"a":1}],"deliveredUpTo":9}]}]}"""u8;
        var (first, second, nobody) = (
            MessageKeyReader.ReadMarksOf(payload, 1), MessageKeyReader.ReadMarksOf(payload, 2), MessageKeyReader.ReadMarksOf(payload, 3));
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(new MarksView(1, 5, 4)));
            Assert.That(second, Is.EqualTo(new MarksView(2, 9, 9)));
            Assert.That(nobody, Is.EqualTo(default(MarksView)));
        });
    }

    [TestCase("""{"chatId":7,"messageId":8,"senderId":9,"clientMessageId":"0198c2f0-0000-7000-8000-000000000001","type":"text","text":"x"}]}""", TestName = "A message as the server writes it")]
    [TestCase("""{"clientMessageId":"0198c2f0-0000-7000-8000-000000000001","text":"\"chatId\":1","senderId":9,"messageId":8, "chatId":7}]}""", TestName = "A message written otherwise")]
    public void A_message_is_read_whatever_the_order_of_its_fields(string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        Assert.That(MessageKeyReader.ReadMessage(bytes), Is.EqualTo(new MessageKeyView(7, 8, 9, Guid.Parse("0198c2f0-0000-7000-8000-000000000001"))));
    }

    [TestCase("""{"chatId":7,"messageId":8,"sentAt":"2026-01-01T00:00:00Z"}""")]
    [TestCase("""{"sentAt":"2026-01-01T00:00:00Z","messageId":8,"chatId":7}""")]
    public void A_result_is_read_whatever_the_order_of_its_fields(string payload) =>
        Assert.That(MessageKeyReader.ReadMessageId(Encoding.UTF8.GetBytes(payload)), Is.EqualTo(8));

    [TestCase("""{"type":1,"target":"Pushed","arguments":[{"a":1}]}""", 1, "Pushed", "", """{"a":1}]}""")]
    [TestCase("""{"type":3,"invocationId":"12","result":{"a":1}}""", 3, "", "12", """{"a":1}}""")]
    [TestCase("""{"invocationId":"12","type":3,"result":5}""", 3, "", "12", "5}")]
    [TestCase("""{"type":3,"invocationId":"12"}""", 3, "", "12", "")]
    [TestCase("""{"type":6}""", 6, "", "", "")]
    public void A_record_is_taken_apart(string record, int type, string target, string id, string payload)
    {
        var parsed = HubRecord.Parse(Encoding.UTF8.GetBytes(record));
        Assert.That(
            (parsed.Type, Encoding.UTF8.GetString(parsed.Target), Encoding.UTF8.GetString(parsed.InvocationId), Encoding.UTF8.GetString(parsed.Payload)),
            Is.EqualTo((type, target, id, payload)));
    }

    [Test]
    public void An_error_is_told_by_its_text()
    {
        var record = HubRecord.Parse("""{"type":3,"invocationId":"12","error":"not_found: this chat does not exist"}"""u8);
        var (hasError, error) = (record.HasError, record.Error);
        Assert.That((hasError, error), Is.EqualTo((true, "not_found: this chat does not exist")));
    }

    /// <summary>Frames of all sizes, a ping among them, cut where reads of a socket might cut them.</summary>
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(1000)]
    [TestCase(100_000)]
    public void Payloads_leave_their_frames_whole(int cut)
    {
        byte[][] payloads = [.. new[] { 5, 0, 125, 126, 70_000, 1 }.Select((length, index) => Enumerable.Repeat((byte)('a' + index), length).ToArray())];
        byte[] ping = [0x89, 2, 1, 2];
        byte[] stream = [.. payloads.SelectMany((payload, index) => index == 3 ? [.. ping, .. Frame(payload)] : Frame(payload)), .. Close("bye")];

        var frames = new IncomingFrames(64);
        var pings = 0;
        for (var at = 0; at < stream.Length;)
        {
            var free = frames.GetFree();
            var count = Math.Min(Math.Min(cut, free.Length), stream.Length - at);
            stream.AsSpan(at, count).CopyTo(free.Span);
            frames.Received(count);
            at += count;
            if (frames.TakePing() is { } asked)
            {
                pings++;
                Assert.That(asked, Is.EqualTo(new byte[] { 1, 2 }));
            }
        }
        var received = frames.Payload.ToArray();
        frames.Consume(3);
        var rest = frames.Payload.Length;
        Assert.Multiple(() =>
        {
            Assert.That(received, Is.EqualTo(payloads.SelectMany(p => p)));
            Assert.That(rest, Is.EqualTo(received.Length - 3));
            Assert.That(pings, Is.EqualTo(1));
            Assert.That(frames.Goodbye, Is.EqualTo("bye"));
        });
    }

    [TestCase(0)]
    [TestCase(125)]
    [TestCase(126)]
    [TestCase(65_536)]
    public void A_frame_of_the_client_is_masked_and_says_its_length(int length)
    {
        var frame = new OutgoingFrame(OutgoingFrame.Text, size: 16);
        frame.Append(new byte[length]);
        var bytes = frame.Finish().ToArray();
        var header = bytes.Length - length;
        var told = header switch
        {
            6 => bytes[1] & 0x7f,
            8 => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)),
            _ => (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(2)),
        };
        Assert.That((bytes[0], bytes[1] & 0x80, told), Is.EqualTo(((byte)0x81, 0x80, length)));
    }

    private static byte[] Frame(byte[] payload) => payload.Length switch
    {
        < 126 => [0x81, (byte)payload.Length, .. payload],
        <= ushort.MaxValue => [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
        _ => [0x81, 127, 0, 0, 0, 0, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(payload.Length)), .. payload],
    };

    private static byte[] Close(string reason) => [0x88, (byte)(reason.Length + 2), 3, 0xe8, .. Encoding.UTF8.GetBytes(reason)];
}
