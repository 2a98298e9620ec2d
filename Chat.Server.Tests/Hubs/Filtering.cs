using System.Diagnostics;
using Chat.Data;
using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Errors;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Filters;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary>What stands between the wire and every hub method.</summary>
[TestFixture]
public sealed class Filtering
{
    public static IEnumerable<TestCaseData> Faults =>
    [
        new TestCaseData(new HubException("conflict: as it is"), "conflict: as it is"),
        new TestCaseData(ChatException.Invalid("text", "must not be empty"), "invalid: text: must not be empty"),
        new TestCaseData(ChatException.RateLimited("too many calls", TimeSpan.FromSeconds(1.5)), "rate_limited: too many calls (retry after 1500 ms)"),
        new TestCaseData(new DataUnavailableException(new IOException("secret")), "unavailable: the database cannot be reached, try again"),
        new TestCaseData(new AppenderBusyException("secret"), "unavailable: the server is busy or stopping, try again"),
        new TestCaseData(new ReceiptsBusyException(), "unavailable: the server is busy or stopping, try again"),
    ];

    [TestCaseSource(nameof(Faults))]
    public void Every_fault_becomes_an_error_of_the_contract(Exception fault, string expected)
    {
        var filter = new ErrorFilter(NullLogger<ErrorFilter>.Instance);
        var error = Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(), _ => throw fault));
        Assert.That(error.Message, Is.EqualTo(expected));
        error = Assert.ThrowsAsync<HubException>(() => filter.OnConnectedAsync(Lifetime(), _ => throw fault));
        Assert.That(error.Message, Is.EqualTo(expected));
    }

    [Test]
    public void An_unknown_fault_leaks_nothing_and_is_logged_under_its_trace_id()
    {
        using var logs = new CapturedLogs();
        var filter = new ErrorFilter(new Microsoft.Extensions.Logging.Logger<ErrorFilter>(new Microsoft.Extensions.Logging.LoggerFactory([logs])));
        using var activity = new Activity("call").Start();
        var error = Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(), _ => throw new InvalidCastException("secret")));
        Assert.That(error.Message, Is.EqualTo($"internal: a fault of the server (trace {activity.TraceId.ToHexString()})"));
        Assert.That(logs.Lines.Single(), Does.Contain(activity.TraceId.ToHexString()).And.Contain("secret"));
    }

    [Test]
    public void A_call_that_was_cancelled_by_its_caller_is_no_fault_of_ours()
    {
        using var logs = new CapturedLogs();
        var filter = new ErrorFilter(new Microsoft.Extensions.Logging.Logger<ErrorFilter>(new Microsoft.Extensions.Logging.LoggerFactory([logs])));
        using var aborted = new CancellationTokenSource();
        aborted.Cancel();
        var error = Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(aborted: aborted.Token), _ => throw new OperationCanceledException()));
        Assert.That(error.Message, Does.StartWith("unavailable: "));
        Assert.That(logs.Lines, Is.Empty);
    }

    [Test]
    public async Task What_succeeds_passes_through() =>
        Assert.That(await new ErrorFilter(NullLogger<ErrorFilter>.Instance).InvokeMethodAsync(Call(), _ => ValueTask.FromResult<object?>(5)), Is.EqualTo(5));

    [Test]
    public void A_bad_request_does_not_reach_its_method()
    {
        var filter = new ValidationFilter();
        var called = false;
        ValueTask<object?> Next(HubInvocationContext context)
        {
            called = true;
            return default;
        }
        Assert.That(
            Assert.ThrowsAsync<ChatException>(async () => await filter.InvokeMethodAsync(Call(arguments: [null]), Next)).WireText, Is.EqualTo("invalid: request: is required"));
        Assert.That(
            Assert.ThrowsAsync<ChatException>(async () => await filter.InvokeMethodAsync(Call(arguments: [new GetChatRequest(0)]), Next)).WireText, Does.StartWith("invalid: chatId: "));
        Assert.That(called, Is.False);
        Assert.DoesNotThrowAsync(async () => await filter.InvokeMethodAsync(Call(arguments: [new GetChatRequest(1)]), Next));
        Assert.That(called, Is.True);
    }

    [Test]
    public void Every_request_of_the_hub_is_validated() =>
        Assert.That(HubSurface.Methods.Where(m => !m.Request.IsAssignableTo(typeof(IHubRequest))), Is.Empty);

    [Test]
    public async Task A_burst_is_let_through_and_no_more()
    {
        var filter = RateLimit(new RateLimitOptions(CallsPerSecond: 10, CallBurst: 5, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(await PassedAsync(filter, "GetChat", attempts: 20), Is.EqualTo(5));
        var error = Assert.ThrowsAsync<ChatException>(async () => await filter.InvokeMethodAsync(Call(), _ => default));
        Assert.That((error.Code, error.RetryAfter > TimeSpan.Zero), Is.EqualTo((ErrorCodes.RateLimited, true)));
    }

    [Test]
    public async Task Sends_count_as_calls_and_have_their_own_limit()
    {
        var filter = RateLimit(new RateLimitOptions(CallsPerSecond: 10, CallBurst: 5, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(await PassedAsync(filter, nameof(ChatHub.SendMessage), attempts: 4), Is.EqualTo(3));
        Assert.That(await PassedAsync(filter, "GetChat", attempts: 4), Is.EqualTo(1), "four of five calls were sends");
    }

    [Test]
    public async Task A_long_rest_earns_one_burst_and_not_two()
    {
        var filter = RateLimit(new RateLimitOptions(CallsPerSecond: 20, CallBurst: 3, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(await PassedAsync(filter, "GetChat", attempts: 1), Is.EqualTo(1));
        await RestAsync(TimeSpan.FromMilliseconds(400));
        Assert.That(await PassedAsync(filter, "GetChat", attempts: 20), Is.EqualTo(3));
    }

    [Test]
    public async Task A_rate_below_the_steps_in_which_a_bucket_fills()
    {
        const int perSecond = 3;
        var filter = RateLimit(new RateLimitOptions(CallsPerSecond: perSecond, CallBurst: 1, SendsPerSecond: 10, SendBurst: 3));
        var start = Stopwatch.GetTimestamp();
        var passed = 0;
        await Deadline.UntilAsync(async () =>
        {
            passed += await PassedAsync(filter, "GetChat", attempts: 1);
            return Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(1);
        }, "a second of calls");
        // A machine under load asks less often; it is never let through more often.
        Assert.That(passed, Is.InRange(1, perSecond + 2));
    }

    private static RateLimitFilter RateLimit(RateLimitOptions options)
    {
        var registry = new ConnectionRegistry();
        registry.Add(new LocalConnection("connection", HubHarness.Ann, 1, () => { }));
        return new RateLimitFilter(registry, options);
    }

    private static async Task<int> PassedAsync(RateLimitFilter filter, string method, int attempts)
    {
        var passed = 0;
        for (var i = 0; i < attempts; i++)
        {
            try
            {
                await filter.InvokeMethodAsync(Call(method), _ => default);
                passed++;
            }
            catch (ChatException)
            {
            }
        }
        return passed;
    }

    /// <summary>The limiter reads the system's clock, so that only real time fills it.</summary>
    private static Task RestAsync(TimeSpan rest)
    {
        var start = Stopwatch.GetTimestamp();
        return Deadline.UntilAsync(() => Stopwatch.GetElapsedTime(start) > rest, "a rest");
    }

    private static HubInvocationContext Call(string method = "GetChat", object?[]? arguments = null, CancellationToken aborted = default) => new(
        HubHarness.Caller(HubHarness.Ann, aborted: aborted).Object, Mock.Of<IServiceProvider>(), Mock.Of<Hub>(), typeof(ChatHub).GetMethod(method)!, arguments ?? []);

    private static HubLifetimeContext Lifetime() => new(HubHarness.Caller(HubHarness.Ann).Object, Mock.Of<IServiceProvider>(), Mock.Of<Hub>());
}
