using Chat.Data.Exports;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Features.Exports;

/// <summary>An export of somebody's data.</summary>
/// <param name="Status"><c>waiting</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="ChatsTotal">0 until it is known.</param>
/// <param name="Bytes">Size of the file, once done.</param>
/// <param name="ExpiresAt">UTC; until when it can be fetched. Null while it is not finished.</param>
public sealed record ExportView(
    long ExportId, string Status, int ChatsDone, int ChatsTotal, long Bytes, DateTime CreatedAt, DateTime? FinishedAt, DateTime? ExpiresAt);

/// <param name="Exports">The newest first.</param>
public sealed record ExportList(IReadOnlyList<ExportView> Exports);

/// <summary>Asks for exports, shows how far they are, hands them out: to their owner alone.</summary>
internal sealed class ExportService(ExportRepository exports, ExportFiles files, ExportOptions options, TimeProvider time)
{
    /// <summary>One at a time: while one is under way, it is the answer.</summary>
    /// <exception cref="ChatException"><c>rate_limited</c>: enough for a day.</exception>
    public async Task<ExportView> BeginAsync(long userId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var recent = await exports.ListAsync(userId, cancellationToken);
        if (recent is [{ Status: "waiting" or "running" } active, ..]) return ViewOf(active);
        if (await exports.CountSinceAsync(userId, now.AddDays(-1), cancellationToken) >= options.PerDay)
            throw ChatException.RateLimited("enough exports for a day", TimeSpan.FromHours(1));
        return ViewOf(await exports.BeginAsync(userId, now, CancellationToken.None));
    }

    public async Task<ExportList> ListAsync(long userId, CancellationToken cancellationToken) =>
        new([.. (await exports.ListAsync(userId, cancellationToken)).Select(ViewOf)]);

    /// <exception cref="ChatException"><c>not_found</c>, <c>invalid</c></exception>
    public async Task<ExportView> GetAsync(long userId, long exportId, CancellationToken cancellationToken) =>
        ViewOf(await FindAsync(userId, exportId, cancellationToken));

    /// <exception cref="ChatException"><c>not_found</c>: no such export, not done yet, or its time is over; <c>invalid</c></exception>
    public async Task<Stream> OpenAsync(long userId, long exportId, CancellationToken cancellationToken)
    {
        var export = await FindAsync(userId, exportId, cancellationToken);
        return export.FileName is { } name && files.Open(name) is { } file ? file : throw ChatException.NotFound("this file");
    }

    private async Task<ExportRow> FindAsync(long userId, long exportId, CancellationToken cancellationToken) =>
        await exports.FindAsync(userId, Check.Id("exportId", exportId), cancellationToken) ?? throw ChatException.NotFound("this export");

    private ExportView ViewOf(ExportRow row) => new(
        row.ExportId, row.Status, row.ChatsDone, row.ChatsTotal, row.Bytes, row.CreatedAt, row.FinishedAt, row.FinishedAt + options.KeepTime);
}
