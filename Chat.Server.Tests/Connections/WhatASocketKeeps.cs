using System.Net.Http.Json;
using System.Text.Json;
using Chat.Server.Features.Accounts;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Connections;

/// <summary>The request that opened a socket lives as long as the socket. What was needed only to let it in is not kept with it.</summary>
[TestFixture]
public sealed class WhatASocketKeeps
{
    private readonly LastRequest _last = new();
    private TestDatabase _database = null!;
    private ChatServerFactory _server = null!;

    [OneTimeSetUp]
    public async Task StartServer()
    {
        _database = await TestDatabase.CreateAsync();
        _server = new ChatServerFactory(
            _database.ConnectionString, TestSettings.Unthrottled([]), services => services.Configure<HubOptions>(hub => hub.AddFilter(_last)));
    }

    [OneTimeTearDown]
    public async Task StopServer()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestCase(false, false, TestName = "The token in a header")]
    [TestCase(true, false, TestName = "The token in the address")]
    [TestCase(true, true, TestName = "The token in the address, after a negotiation")]
    public async Task Only_who_it_is(bool inAddress, bool negotiated)
    {
        var account = await TestAccount.RegisterAsync(_server.Address, "Ann", TestClient.NextPhoneNumber());
        var query = inAddress ? $"access_token={account.AccessToken}" : "";
        var id = negotiated ? await NegotiateAsync(query) : null;
        await using var socket = await RawHubSocket.ConnectAsync(
            _server.Address, inAddress ? null : account.AccessToken, negotiated ? $"id={id}&{query}&more=1" : query);
        Assert.That((await socket.CallAsync("ListChats", "[{}]")).Error, Is.Null);

        var request = _last.Context!;
        Assert.Multiple(() =>
        {
            Assert.That((request.User.UserId(), request.User.SessionId()), Is.EqualTo((account.UserId, account.SessionId)));
            Assert.That(request.User.Claims.Count(), Is.EqualTo(2));
            Assert.That(request.Request.Headers.Authorization, Is.Empty);
            Assert.That(request.Request.QueryString.Value, Does.Not.Contain("access_token"));
            if (negotiated) Assert.That((request.Request.Query["id"].ToString(), request.Request.Query["more"].ToString()), Is.EqualTo((id, "1")));
            Assert.That(request.Features.Get<IAuthenticateResultFeature>(), Is.Null, "the result of the check");
            Assert.That(request.Features.Get<IServiceProvidersFeature>(), Is.Null, "services of the request");
            Assert.That(request.Features.Get<IItemsFeature>(), Is.Null, "what middleware leaves for each other");
        });
    }

    private async Task<string> NegotiateAsync(string query)
    {
        using var http = _server.Http();
        using var answer = await http.PostAsync($"/hub/chat/negotiate?negotiateVersion=1&{query}", null);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("connectionToken").GetString()!;
    }

    /// <summary>The request behind the last call.</summary>
    private sealed class LastRequest : IHubFilter
    {
        public HttpContext? Context { get; private set; }

        public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            Context = invocation.Context.GetHttpContext();
            return next(invocation);
        }
    }
}
