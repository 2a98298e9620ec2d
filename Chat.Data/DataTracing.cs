using System.Diagnostics;
using Chat.Data.Messages;

namespace Chat.Data;

/// <summary>
/// Spans of the data layer. A commit serves many calls: its span is a child of the first call that is being traced, with links to the
/// others; without a traced call there is none. Spans tell numbers, never a text or an id of a user's.
/// </summary>
public static class DataTracing
{
    public const string SourceName = "Chat.Data";

    /// <summary>More links than this tell nothing new.</summary>
    private const int MaxLinks = 32;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The traced call that is under way, if there is one.</summary>
    internal static Activity? TracedCall => Source.HasListeners() && Activity.Current is { Recorded: true } call ? call : null;

    internal static Activity? StartCommit(IReadOnlyList<PendingMessage> batch, int lane)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext parent = default;
        List<ActivityLink>? links = null;
        foreach (var pending in batch)
        {
            if (pending.TracedCall is not { } call) continue;
            if (parent == default) parent = call.Context;
            else if ((links ??= []).Count < MaxLinks) links.Add(new ActivityLink(call.Context));
        }
        if (parent == default) return null;
        var span = Source.StartActivity("commit messages", ActivityKind.Internal, parent, links: links);
        span?.SetTag("chat.batch.size", batch.Count).SetTag("chat.lane", lane);
        return span;
    }

    /// <summary>The type alone: what the database says may hold values.</summary>
    internal static void SetFailed(this Activity? span, Exception exception) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.GetType().FullName);
}
