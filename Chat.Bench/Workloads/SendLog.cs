using System.Buffers.Binary;
using Chat.Bench.Checker;

namespace Chat.Bench.Workloads;

/// <summary>
/// What one client sent: numbered 1, 2, 3 …; the number is part of the client message id, so that whoever receives a message
/// finds its entry without a dictionary. One writer; the partner reads and marks entries on its own thread.
/// </summary>
internal sealed class SendLog
{
    private const int ChunkSize = 4096;

    // Chunks stay where they are, so that a reader never holds an array that was replaced by a larger one.
    private readonly Entry[]?[] _chunks = new Entry[]?[4096];

    private volatile int _count;

    public int Count => _count;

    /// <summary>The name of a message: a UUID of version 8 (custom) that holds the client and the number.</summary>
    public static Guid IdOf(int client, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(bytes, client);
        bytes[6] = 0x80;
        bytes[8] = 0x80;
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
        return new Guid(bytes, bigEndian: true);
    }

    public static int NumberOf(Guid clientMessageId)
    {
        Span<byte> bytes = stackalloc byte[16];
        clientMessageId.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
    }

    /// <param name="sentAt">The timestamp that its latencies count from.</param>
    /// <returns>The number of the message that is being sent now.</returns>
    public int Add(long sentAt)
    {
        var number = _count + 1;
        ref var chunk = ref _chunks[number / ChunkSize];
        chunk ??= new Entry[ChunkSize];
        chunk[number % ChunkSize].SentAt = sentAt;
        // Whoever sees the count finds the entry.
        _count = number;
        return number;
    }

    public long SentAt(int number) => EntryOf(number).SentAt;

    /// <summary>0 while there is no result.</summary>
    public long AcknowledgedId(int number) => EntryOf(number).AcknowledgedId;

    public void Acknowledge(int number, long messageId) => EntryOf(number).AcknowledgedId = messageId;

    /// <summary>To be called once for each thing that must happen to a message, on whatever thread.</summary>
    /// <returns>How many have.</returns>
    public int Happened(int number) => Interlocked.Increment(ref EntryOf(number).Happened);

    /// <summary>Times are replaced by their order, which is all that the rules of order need: the window is what overlaps.</summary>
    public IReadOnlyList<SentMessage> ToSentMessages(long chatId, int client)
    {
        var sent = new List<SentMessage>(Count);
        for (var number = 1; number <= Count; number++)
        {
            var id = AcknowledgedId(number);
            sent.Add(new SentMessage(chatId, IdOf(client, number), FirstSentAt: number, Attempts: 1, id > 0 ? new Acknowledgement(id, At: Count + 1) : null));
        }
        return sent;
    }

    private ref Entry EntryOf(int number) => ref _chunks[number / ChunkSize]![number % ChunkSize];

    private struct Entry
    {
        public long SentAt;
        public long AcknowledgedId;
        public int Happened;
    }
}
