using System.Net;
using Chat.Server.Hubs;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Properties;

/// <summary>One connection of a device: calls, and their faults.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(20);
    private const int MaxTries = 5;

    private readonly Findings _findings;
    private readonly Person _person;
    private readonly string _device;
    private volatile bool _brokenOff;

    public Session(Uri server, Person person, string device, Findings findings)
    {
        (_findings, _person, _device) = (findings, person, device);
        var builder = new HubConnectionBuilder();
        var address = new UriBuilder(server) { Scheme = "ws", Path = "/hub/chat" }.Uri;
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(address));
        builder.Services.AddSingleton<IConnectionFactory>(
            new WebSocketConnectionFactory(() => Task.FromResult<string?>(person.Account.AccessToken)));
        Hub = builder.Build();
        Hub.Closed += exception =>
        {
            if (!_brokenOff) findings.Fault($"{device}: the connection was closed: {exception}");
            return Task.CompletedTask;
        };
    }

    public HubConnection Hub { get; }

    public bool IsBrokenOff => _brokenOff;

    /// <summary>Calls, and repeats what the server cannot do now. What it answers must be what this person may see.</summary>
    /// <exception cref="RefusedException"/>
    /// <exception cref="BrokenOffException"/>
    public async Task<T> CallAsync<T>(string method, object request)
    {
        var asked = _person.Asks();
        for (var tries = 1; ; tries++)
        {
            try
            {
                var result = await Hub.InvokeAsync<T>(method, request).OrDeadline();
                _person.IsAnswered(asked, method, result);
                return result;
            }
            catch (HubException exception)
            {
                var refused = Refusal(method, exception.Message);
                if (refused.Code != Errors.ErrorCodes.Unavailable || tries == MaxTries) throw refused;
                await Task.Delay(RetryAfter);
            }
            catch (Exception exception) when (exception is not RefusedException && _brokenOff)
            {
                throw new BrokenOffException(exception);
            }
            catch (TimeoutException)
            {
                _findings.Fault($"{_device}: no answer to {method} {request}");
                throw;
            }
        }
    }

    /// <summary>Breaks the connection off, whatever is on its way.</summary>
    public async ValueTask DisposeAsync()
    {
        _brokenOff = true;
        await Hub.DisposeAsync();
    }

    private RefusedException Refusal(string method, string error)
    {
        if (!WireErrors.IsOfTheContract(error) || WireErrors.CodeOf(error) == Errors.ErrorCodes.Internal)
            _findings.Fault($"{_device}: {method} failed: {error}");
        return new RefusedException(WireErrors.IsOfTheContract(error) ? error : $"internal: {error}");
    }
}
