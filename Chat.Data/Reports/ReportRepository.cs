using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Reports;

/// <inheritdoc/>
public sealed class ReportRepository(ChatDatabase database) : IReportStore
{
    public Task<ReportedMessage?> FindMessageAsync(long reporterId, long chatId, long messageId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<ReportedMessage?>(new CommandDefinition(
                FindMessageSql, new { UserId = reporterId, ChatId = chatId, MessageId = messageId }, cancellationToken: cancellationToken)),
            cancellationToken);

    // A channel's posts keep their author apart.
    private const string FindMessageSql = $"""
        SELECT m.chat_id, m.message_id, COALESCE(post.author_id, m.sender_id) AS author_id, m.message_type, m.message_text, m.body, m.sent_at
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        LEFT JOIN channel_posts post ON post.chat_id = m.chat_id AND post.message_id = m.message_id
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id = @MessageId
          AND m.deleted_at IS NULL AND m.message_type <> 'system' AND {MessageColumns.NotHiddenFromUser}
        """;

    public Task<bool> UserExistsAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection => await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                FindUserSql, new { UserId = userId }, cancellationToken: cancellationToken)) is not null,
            cancellationToken);

    private const string FindUserSql = "SELECT user_id FROM users WHERE user_id = @UserId AND deleted_at IS NULL";

    public Task<long> CountSinceAsync(long reporterId, DateTime since, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteScalarAsync<long>(new CommandDefinition(
                CountSql, new { ReporterId = reporterId, Since = since }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string CountSql = "SELECT COUNT(*) FROM reports WHERE reporter_id = @ReporterId AND created_at > @Since";

    public Task AddAsync(NewReport report, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(AddSql, new
            {
                report.ReporterId, report.ReportedUserId, report.Reason, report.Comment, report.Now, ChatId = report.Message?.ChatId ?? 0,
                MessageId = report.Message?.MessageId ?? 0, report.Message?.MessageType, report.Message?.MessageText, report.Message?.Body,
                report.Message?.SentAt,
            }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string AddSql = """
        INSERT INTO reports (
          reporter_id, reported_user_id, chat_id, message_id, reason, report_comment, message_type, message_text, body, sent_at, created_at)
        VALUES (
          @ReporterId, @ReportedUserId, @ChatId, @MessageId, @Reason, @Comment, @MessageType, @MessageText, @Body, @SentAt, @Now)
        ON DUPLICATE KEY UPDATE report_id = report_id
        """;
}
