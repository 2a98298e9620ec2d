using System.Diagnostics;
using Chat.Data;
using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Errors;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Filters;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary>What stands between the wire and every hub method.</summary>
[TestFixture]
public sealed class Filtering
{
    private readonly ManualTime _time = new();

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
        var filter = Filter();
        var error = Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(), _ => throw fault));
        Assert.That(error.Message, Is.EqualTo(expected));
        error = Assert.ThrowsAsync<HubException>(() => filter.OnConnectedAsync(Lifetime(), _ => throw fault));
        Assert.That(error.Message, Is.EqualTo(expected));
    }

    [Test]
    public void An_unknown_fault_leaks_nothing_and_is_logged_under_its_trace_id()
    {
        using var logs = new CapturedLogs();
        var filter = Filter(logs: logs);
        using var activity = new Activity("call").Start();
        var error = Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(), _ => throw new InvalidCastException("secret")));
        Assert.That(error.Message, Is.EqualTo($"internal: a fault of the server (trace {activity.TraceId.ToHexString()})"));
        Assert.That(logs.Lines.Single(), Does.Contain(activity.TraceId.ToHexString()).And.Contain("secret"));
    }

    [Test]
    public void A_call_that_was_cancelled_by_its_caller_is_no_fault_of_ours()
    {
        using var logs = new CapturedLogs();
        var filter = Filter(logs: logs);
        using var aborted = new CancellationTokenSource();
        aborted.Cancel();
        var error = Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(aborted: aborted.Token), _ => throw new OperationCanceledException()));
        Assert.That(error.Message, Does.StartWith("unavailable: "));
        Assert.That(logs.Lines, Is.Empty);
    }

    [Test]
    public async Task What_succeeds_passes_through() =>
        Assert.That(await Filter().InvokeMethodAsync(Call(), _ => ValueTask.FromResult<object?>(5)), Is.EqualTo(5));

    [Test]
    public void A_bad_request_does_not_reach_its_method()
    {
        var filter = Filter();
        var called = false;
        ValueTask<object?> Next(HubInvocationContext context)
        {
            called = true;
            return default;
        }
        Assert.That(
            Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(arguments: [null]), Next)).Message, Is.EqualTo("invalid: request: is required"));
        Assert.That(
            Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(arguments: [new GetChatRequest(0)]), Next)).Message, Does.StartWith("invalid: chatId: "));
        Assert.That(called, Is.False);
        Assert.DoesNotThrowAsync(async () => await filter.InvokeMethodAsync(Call(arguments: [new GetChatRequest(1)]), Next));
        Assert.That(called, Is.True);
    }

    [Test]
    public void Every_request_of_the_hub_is_validated() =>
        Assert.That(HubSurface.Methods.Where(m => !m.Request.IsAssignableTo(typeof(IHubRequest))), Is.Empty);

    [Test]
    public void A_call_counts_as_under_way_until_it_has_ended_however_it_ends()
    {
        var calls = new CallCount();
        var filter = Filter(calls: calls);
        var underWay = new List<int>();
        ValueTask<object?> Next(HubInvocationContext context)
        {
            underWay.Add(calls.UnderWay);
            throw new IOException();
        }
        Assert.ThrowsAsync<HubException>(async () => await filter.InvokeMethodAsync(Call(), Next));
        Assert.That((underWay.Single(), calls.UnderWay), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_burst_is_let_through_and_no_more()
    {
        var limits = Limits(new RateLimitOptions(CallsPerSecond: 10, CallBurst: 5, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(Passed(limits, "GetChat", attempts: 20), Is.EqualTo(5));
        var error = Assert.Throws<ChatException>(() => limits.Take(HubHarness.Ann, "GetChat", request: null));
        Assert.That((error.Code, error.RetryAfter), Is.EqualTo((ErrorCodes.RateLimited, TimeSpan.FromMilliseconds(100))));
    }

    [Test]
    public void Sends_count_as_calls_and_have_their_own_limit()
    {
        var limits = Limits(new RateLimitOptions(CallsPerSecond: 10, CallBurst: 5, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(Passed(limits, nameof(ChatHub.SendMessage), attempts: 4), Is.EqualTo(3));
        Assert.That(Passed(limits, "GetChat", attempts: 4), Is.EqualTo(1), "four of five calls were sends");
    }

    [Test]
    public void A_long_rest_earns_one_burst_and_not_two()
    {
        var limits = Limits(new RateLimitOptions(CallsPerSecond: 20, CallBurst: 3, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(Passed(limits, "GetChat", attempts: 1), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(Passed(limits, "GetChat", attempts: 20), Is.EqualTo(3));
    }

    [TestCase(3)]
    [TestCase(200)]
    [TestCase(7777)]
    public void The_rate_is_kept_however_often_it_is_asked(int perSecond)
    {
        const int burst = 5;
        var bucket = new TokenBucket(perSecond, burst, _time);
        var passed = 0;
        for (var i = 0; i < 100_000; i++)
        {
            if (bucket.TryTake(out _)) passed++;
            _time.Advance(TimeSpan.FromMicroseconds(100));
        }
        Assert.That(passed, Is.InRange(perSecond * 10, (perSecond * 10) + burst), "ten seconds");
    }

    [Test]
    public void A_bucket_knows_when_it_is_full_again()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 2, _time);
        Assert.That(bucket.IsFull, Is.True);
        Assert.That(bucket.TryTake(out _), Is.True);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.That(bucket.IsFull, Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(bucket.IsFull, Is.True);
    }

    [Test]
    public void Buckets_are_kept_until_they_are_full_again_whoever_is_connected()
    {
        using var limits = Limits(new RateLimitOptions(CallsPerSecond: 10, CallBurst: 150, SendsPerSecond: 10, SendBurst: 3));
        Assert.That(Passed(limits, "GetChat", attempts: 200), Is.EqualTo(150));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(limits.Count, Is.EqualTo(1));
        Assert.That(Passed(limits, "GetChat", attempts: 200), Is.EqualTo(100), "and not a new burst");
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(limits.Count, Is.Zero);
        Assert.That(Passed(limits, "GetChat", attempts: 200), Is.EqualTo(150));
    }

    private CallLimits Limits(RateLimitOptions options) => new(options, _time);

    private static int Passed(CallLimits limits, string method, int attempts)
    {
        var passed = 0;
        for (var i = 0; i < attempts; i++)
        {
            try
            {
                limits.Take(HubHarness.Ann, method, request: null);
                passed++;
            }
            catch (ChatException)
            {
            }
        }
        return passed;
    }

    private CallFilter Filter(CapturedLogs? logs = null, CallCount? calls = null)
    {
        ILoggerFactory loggers = logs is null ? NullLoggerFactory.Instance : new LoggerFactory([logs]);
        var errors = new CallErrors(TestMetrics.Calls(), loggers.CreateLogger<CallErrors>());
        var guard = new CallGuard(
            calls ?? new CallCount(), Limits(new RateLimitOptions()), errors,
            new CallLog(loggers.CreateLogger<CallLog>(), _time), new CallTracing(new TelemetryOptions()));
        return new CallFilter(guard, errors);
    }

    private static HubInvocationContext Call(object?[]? arguments = null, CancellationToken aborted = default) => new(
        HubHarness.Caller(HubHarness.Ann, aborted: aborted).Object, Mock.Of<IServiceProvider>(), Mock.Of<Hub>(), typeof(ChatHub).GetMethod(nameof(ChatHub.GetChat))!, arguments ?? [new GetChatRequest(1)]);

    private static HubLifetimeContext Lifetime() => new(HubHarness.Caller(HubHarness.Ann).Object, Mock.Of<IServiceProvider>(), Mock.Of<Hub>());
}
