using Chat.Data;
using Chat.Server.Features.Disappearing;
using Chat.Server.Features.Scheduling;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Properties;

/// <summary>Lets messages expire and fall due without waiting: as if they had been made so much earlier. Then the jobs run, on all nodes at once.</summary>
internal sealed class PassingTime(Scene scene)
{
    /// <param name="target">Odd: a part of the messages alone.</param>
    public async Task<string> PassAsync(long chatId, int target)
    {
        var expired = await AgeAsync(chatId, target % 2 == 0 ? 1 : 2);
        foreach (var id in expired)
        {
            scene.Expired.TryAdd((chatId, id), 0);
            foreach (var each in scene.People) each.Outlived(chatId, id);
        }
        var due = await scene.Database.ExecuteAsync(DueSql, new { People = scene.People.Select(p => p.UserId), Past });
        await Task.WhenAll(scene.Nodes.SelectMany(node => new[]
        {
            node.Services.GetRequiredService<MessageExpiry>().ExpireAsync(CancellationToken.None),
            node.Services.GetRequiredService<ScheduledSender>().SendDueAsync(CancellationToken.None),
        }));
        return $"{string.Join(',', expired)} expired, {due} fell due";
    }

    private static DateTime Past => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-5).ToStored();

    /// <summary>Under the chat's lock, as everything that changes its messages. What is deleted already stays as it is: nobody would be told.</summary>
    private Task<List<long>> AgeAsync(long chatId, int every) => scene.Database.Database.InTransactionAsync(async (connection, transaction) =>
    {
        var parameters = new { ChatId = chatId, Every = every, Past, Ids = new List<long>() };
        await connection.ExecuteAsync("SELECT chat_id FROM chats WHERE chat_id = @ChatId FOR UPDATE", parameters, transaction);
        parameters.Ids.AddRange(await connection.QueryAsync<long>(ListSql, parameters, transaction));
        if (parameters.Ids.Count == 0) return parameters.Ids;
        await connection.ExecuteAsync("UPDATE messages SET expires_at = @Past WHERE chat_id = @ChatId AND message_id IN @Ids", parameters, transaction);
        await connection.ExecuteAsync("UPDATE expiring_messages SET expires_at = @Past WHERE chat_id = @ChatId AND message_id IN @Ids", parameters, transaction);
        return parameters.Ids;
    }, CancellationToken.None);

    private const string ListSql = """
        SELECT message_id FROM messages
        WHERE chat_id = @ChatId AND expires_at > UTC_TIMESTAMP(6) AND deleted_at IS NULL AND message_id % @Every = 0
        """;

    // Not what is just being sent.
    private const string DueSql = """
        UPDATE scheduled_messages SET send_at = @Past, next_try_at = @Past
        WHERE user_id IN @People AND claimed_until IS NULL AND next_try_at IS NOT NULL
        """;
}
