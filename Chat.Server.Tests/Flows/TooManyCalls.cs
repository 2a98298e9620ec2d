using System.Globalization;
using System.Text.RegularExpressions;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Limits per user, over all connections: a burst, then a steady rate, and an answer that says when to come again.</summary>
[TestFixture]
public sealed partial class TooManyCalls : ServerFixture
{
    private const int CallBurst = 30;
    private const int SendBurst = 5;

    protected override Dictionary<string, string> Settings => new()
    {
        ["RateLimits:CallsPerSecond"] = "10",
        ["RateLimits:CallBurst"] = $"{CallBurst}",
        ["RateLimits:SendsPerSecond"] = "5",
        ["RateLimits:SendBurst"] = $"{SendBurst}",
    };

    [Test]
    public async Task Calls_over_two_connections_share_one_limit_and_it_recovers()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var phone = await ann.AnotherDeviceAsync();
        await using var bob = await RegisterAsync("Bob");
        var calls = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => OutcomeAsync(() => (i % 2 == 0 ? ann : phone).ListChatsAsync())));
        var refused = calls.OfType<string>().ToList();
        Assert.That(calls.Length - refused.Count, Is.AtLeast(CallBurst - 2).And.AtMost(CallBurst + 15), "the burst less the first call of each connection, and what was filled up meanwhile");
        Assert.That(refused, Is.All.Matches<string>(e => RateLimited().IsMatch(e)));
        Assert.That((await bob.ListChatsAsync()).Chats, Is.Empty, "others are not limited");

        // Whoever waits as long as the answer says gets through.
        var wait = int.Parse(RateLimited().Match(refused[^1]).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.That(wait, Is.InRange(1, 1000));
        await Deadline.UntilAsync(async () => await OutcomeAsync(() => phone.ListChatsAsync()) is null, "a call gets through again");
    }

    [Test]
    public async Task Sends_have_a_limit_of_their_own()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        var outbox = Enumerable.Range(0, 12).Select(i => (Id: Guid.NewGuid(), Text: $"{i}")).ToList();
        var sends = await Task.WhenAll(outbox.Select(m => OutcomeAsync(() => ann.SendAsync(chat.ChatId, m.Text, m.Id))));
        Assert.That(sends.Count(s => s is null), Is.AtLeast(SendBurst).And.AtMost(SendBurst + 3));
        Assert.That(sends.OfType<string>(), Is.All.Matches<string>(e => RateLimited().IsMatch(e)));
        Assert.That((await ann.GetChatAsync(chat.ChatId)).LastMessageId, Is.EqualTo(sends.Count(s => s is null)), "reading goes on, and nothing refused is stored");

        // An outbox that repeats in order, as the protocol asks, gets everything through.
        foreach (var (id, text) in outbox.Where((_, i) => sends[i] is not null))
            await Deadline.UntilAsync(async () => await OutcomeAsync(() => ann.SendAsync(chat.ChatId, text, id)) is null, "a send gets through");
        Assert.That((await bob.CatchUpAsync(chat.ChatId)).Select(m => m.Text), Is.EqualTo(outbox.Select(m => m.Text)));
    }

    [Test]
    public async Task A_bad_request_counts_as_well()
    {
        await using var ann = await RegisterAsync("Ann");
        var errors = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => ann.RefusalAsync("GetChat", new GetChatRequest(-1))));
        Assert.That(errors.Count(e => e.StartsWith("rate_limited: ", StringComparison.Ordinal)), Is.AtLeast(10));
        Assert.That(errors, Has.Some.StartsWith("invalid: "));
    }

    private static async Task<string?> OutcomeAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (Microsoft.AspNetCore.SignalR.HubException exception)
        {
            return exception.Message;
        }
    }

    [GeneratedRegex(@"^rate_limited: too many (?:calls|messages) \(retry after (\d+) ms\)$")]
    private static partial Regex RateLimited();
}
