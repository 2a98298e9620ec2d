using System.Buffers.Text;
using System.Text;
using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Connect;

/// <summary>
/// One person coming back: asks for the chats, syncs those that are ahead of what is known, as docs/protocol.md says, and holds every
/// answer against what there must be.
/// </summary>
internal sealed class CatchUp(Dictionary<long, long> known, int chats, int lagging) : IHubReceiver
{
    private static readonly byte[] ListCall = Record(
        $$"""{"type":1,"invocationId":"list","target":"ListChats","arguments":[{"limit":{{ConnectOptions.ListLimit}}}]}""");

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    /// <exception cref="BenchException">An answer was an error, or not what it must be; or the connection ended.</exception>
    public Task RunAsync(RawHubConnection connection, CancellationToken cancellationToken)
    {
        connection.Write(ListCall);
        connection.Flush();
        return _done.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
    }

    public void Received(RawHubConnection connection, in HubRecord record)
    {
        if (record.Type is not HubRecordTypes.Completion) return;
        if (record.HasError) Fail(record.Error);
        else if (record.InvocationId.SequenceEqual("list"u8)) ListCame(connection, record.Payload);
        else SyncCame(record);
    }

    public void Closed(RawHubConnection connection, string? reason) => Fail(reason ?? "closed");

    private void ListCame(RawHubConnection connection, ReadOnlySpan<byte> payload)
    {
        var heads = new List<(long ChatId, long LastMessageId)>(chats);
        ChatHeadsReader.Read(payload, heads);
        foreach (var (chatId, lastMessageId) in heads)
        {
            if (!known.TryGetValue(chatId, out var upTo)) Fail($"chat {chatId} is not this person's");
            if (lastMessageId <= upTo) continue;
            _left++;
            // The id of the call is the chat's: nothing has to be remembered.
            connection.Write(Record($$"""{"type":1,"invocationId":"{{chatId}}","target":"SyncChat","arguments":[{"chatId":{{chatId}},"afterMessageId":{{upTo}}}]}"""));
        }
        if (heads.Count != chats || _left != lagging) Fail($"{heads.Count} chats were listed, {_left} of them with something new; there must be {chats} and {lagging}");
        if (_left == 0) _done.TrySetResult();
    }

    private void SyncCame(in HubRecord record)
    {
        if (!Utf8Parser.TryParse(record.InvocationId, out long chatId, out _) || !known.TryGetValue(chatId, out var upTo)) return;
        var ids = SyncReader.ReadIds(record.Payload);
        for (var i = 0; i < ids.Count; i++)
            if (ids[i] != upTo + i + 1) Fail($"chat {chatId}: after {upTo} came {string.Join(", ", ids)}");
        if (ids.Count != ConnectOptions.NewMessages) Fail($"chat {chatId}: {ids.Count} messages came after {upTo}");
        if (--_left == 0) _done.TrySetResult();
    }

    private void Fail(string reason) => _done.TrySetException(new BenchException($"Coming back failed: {reason}."));

    private static byte[] Record(string json) => [.. Encoding.ASCII.GetBytes(json), RawHubConnection.RecordSeparator];
}
