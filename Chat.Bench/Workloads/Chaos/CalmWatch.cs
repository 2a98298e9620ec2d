using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Data;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// Watches clients once nobody writes any more: when does each have every message, and every tick of its direct chat, without
/// anybody making it sync?
/// </summary>
internal sealed class CalmWatch(IReadOnlyList<ResilientClient> clients, ChatDatabase database, TimeSpan limit)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public async Task<CalmRecord> WatchAsync(CancellationToken cancellationToken)
    {
        var heads = await StoredHeadsReader.ReadHeadsAsync(database, clients.SelectMany(c => c.User.ChatIds), cancellationToken);
        var complete = await WhenAsync(client => client.HasAll(heads), cancellationToken);

        // The last messages were marked as they came.
        await WhenAsync(client => client.IsIdle, cancellationToken);
        var marks = await StoredHeadsReader.ReadMarksAsync(database, clients.Select(c => c.User.DirectChatId), cancellationToken);
        var ticks = await WhenAsync(client => KnowsMarks(client, marks), cancellationToken);

        return new CalmRecord(limit, [.. clients.Select((client, index) =>
            new CalmClient(client.Name, client.NeverReconnected, complete[index], ticks[index]))]);
    }

    private static bool KnowsMarks(ResilientClient client, IReadOnlyDictionary<(long, long), SeenMarks> stored)
    {
        var (known, partner) = (client.PartnerMarks, stored[(client.User.DirectChatId, client.User.PartnerId)]);
        return known.DeliveredUpTo >= partner.DeliveredUpTo && known.ReadUpTo >= partner.ReadUpTo;
    }

    /// <returns>For each client, after which time it held first; null when it never did.</returns>
    private async Task<TimeSpan?[]> WhenAsync(Func<ResilientClient, bool> condition, CancellationToken cancellationToken)
    {
        var when = new TimeSpan?[clients.Count];
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            for (var i = 0; i < clients.Count; i++)
                if (when[i] is null && condition(clients[i])) when[i] = elapsed;
            if (elapsed > limit || !Array.Exists(when, time => time is null)) return when;
            await Task.Delay(Step, cancellationToken);
        }
    }
}
