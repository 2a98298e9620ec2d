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
}
