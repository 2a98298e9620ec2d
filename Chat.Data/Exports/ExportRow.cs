namespace Chat.Data.Exports;

/// <summary>An export as its owner sees it. Times are UTC.</summary>
/// <param name="Status"><c>waiting</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</param>
public sealed record ExportRow(
    long ExportId, long UserId, string Status, int ChatsDone, int ChatsTotal, int Attempts, string? FileName, long Bytes, DateTime CreatedAt, DateTime? FinishedAt);
