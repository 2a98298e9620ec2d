using BenchmarkDotNet.Attributes;
using Chat.Data.Messages;

namespace Chat.Bench.Micro;

/// <summary>What a transaction costs before and after its statements: numbering, the rows to report, the answers. Per message.</summary>
[MemoryDiagnoser]
public class Batches
{
    private const int Chats = 100;
    private const int Messages = 500;

    private NewMessage[] _messages = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var rosters = Enumerable.Range(1, Chats).Select(chatId => Samples.DirectChat(chatId)).ToList();
        _messages = [.. Enumerable.Range(0, Messages).Select(i => new NewMessage(rosters[i % Chats], Samples.SenderId, Guid.NewGuid(), Samples.Text, Origin: "connection"))];
    }

    /// <summary>500 messages to 100 chats, as a lane finds them under load; the answers are given as well, since they cannot be given twice.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public int PlanAppendBatch()
    {
        var waiting = new PendingMessage[Messages];
        for (var i = 0; i < Messages; i++) waiting[i] = new PendingMessage(_messages[i]);
        var batch = new AppendBatch(waiting, Samples.SentAt);
        foreach (var chatId in batch.ChatIds) batch.AddHead(chatId, lastMessageId: 1000, rosterVersion: 1);
        batch.Plan();
        var stored = batch.StoredMessages();
        batch.Complete();
        return stored.Count;
    }
}
