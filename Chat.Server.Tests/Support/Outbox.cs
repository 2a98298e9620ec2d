using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Tests.Support;

/// <summary>
/// Sends one message after the other into a chat, as a client with an outbox does: repeats each under its name until it is
/// acknowledged, and keeps what it was told.
/// </summary>
internal sealed class Outbox(TestClient client, long chatId)
{
    private readonly Lock _gate = new();
    private readonly List<(Guid Id, string Text, SendMessageResult Result)> _acknowledged = [];
    private readonly List<string> _refusals = [];

    public IReadOnlyList<(Guid Id, string Text, SendMessageResult Result)> Acknowledged
    {
        get { lock (_gate) return [.. _acknowledged]; }
    }

    public IReadOnlyList<string> Refusals
    {
        get { lock (_gate) return [.. _refusals]; }
    }

    /// <summary>What was on its way when <see cref="RunAsync"/> ended, if anything.</summary>
    public (Guid Id, string Text)? Unanswered { get; private set; }

    /// <summary>Until told to stop (then the message under way is still finished), or until the connection breaks.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var (id, text) = (Guid.NewGuid(), $"{client.UserId}: {i}");
            Unanswered = (id, text);
            while (true)
            {
                try
                {
                    var result = await client.SendAsync(chatId, text, id);
                    lock (_gate) _acknowledged.Add((id, text, result));
                    Unanswered = null;
                    break;
                }
                catch (HubException exception)
                {
                    lock (_gate) _refusals.Add(exception.Message);
                    // A client backs off; so does this one, a little.
                    await Task.Delay(20, CancellationToken.None);
                }
                catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or IOException or System.Net.WebSockets.WebSocketException)
                {
                    return;
                }
            }
        }
    }
}
