using System.Net.Sockets;
using System.Text;

namespace Chat.Bench.Client;

public sealed partial class RawHubConnection
{
    private static readonly TimeSpan SubscribeTimeout = TimeSpan.FromSeconds(30);

    private static readonly byte[] Handshake = [.. "{\"protocol\":\"json\",\"version\":1}"u8, RecordSeparator];
    private static readonly byte[] SubscribedId = "subscribed"u8.ToArray();
    private static readonly byte[] SubscribedCall =
        [.. """{"type":1,"invocationId":"subscribed","target":"GetChat","arguments":[{"chatId":1}]}"""u8, RecordSeparator];

    /// <param name="hub">The hub's address with scheme ws.</param>
    /// <exception cref="HubConnectException">The connection was refused, or ended during the handshake.</exception>
    public static async Task<RawHubConnection> ConnectAsync(
        Uri hub, string accessToken, IHubReceiver receiver, CancellationToken cancellationToken)
    {
        HubSocket? socket = null;
        try
        {
            socket = await HubSocket.ConnectAsync(hub, accessToken, cancellationToken);
            await ShakeHandsAsync(socket, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            socket?.Dispose();
            throw new HubConnectException(exception.Message, exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
        var connection = new RawHubConnection(socket, receiver);
        connection._loop = connection.ReceiveAsync();
        KeepAlive.Add(connection);
        return connection;
    }

    /// <summary>
    /// Connects, and waits until pushes reach this connection: a server that answers a call, and be it with an error, has let the
    /// connection join its groups before.
    /// </summary>
    /// <exception cref="HubConnectException"/>
    public static async Task<RawHubConnection> ConnectSubscribedAsync(BenchUser user, IHubReceiver receiver, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(user.Hub, user.AccessToken, receiver, cancellationToken);
        var subscribed = connection._subscribed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            connection.Write(SubscribedCall);
            connection.Flush();
            await subscribed.Task.WaitAsync(SubscribeTimeout, cancellationToken);
            return connection;
        }
        catch (TimeoutException exception)
        {
            await connection.DisposeAsync();
            throw new HubConnectException("the first call was not answered", exception);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task ShakeHandsAsync(HubSocket socket, CancellationToken cancellationToken)
    {
        var handshake = new OutgoingFrame(OutgoingFrame.Text, Handshake.Length);
        handshake.Append(Handshake);
        await socket.SendAsync(handshake.Finish(), cancellationToken);
        int end;
        while ((end = socket.Received.IndexOf(RecordSeparator)) < 0)
            if (!await socket.ReceiveAsync(cancellationToken) || socket.Goodbye is not null)
                throw new HubConnectException($"the server closed the connection during the handshake: {socket.Goodbye}");
        var answer = Encoding.UTF8.GetString(socket.Received[..end]);
        socket.Consume(end + 1);
        if (answer.Contains("\"error\"", StringComparison.Ordinal)) throw new HubConnectException($"handshake refused: {answer}");
    }
}

/// <summary>A connection could not be made.</summary>
public sealed class HubConnectException(string message, Exception? inner = null) : Exception(message, inner);
