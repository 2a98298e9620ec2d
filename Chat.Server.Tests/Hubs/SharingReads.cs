using Chat.Server.Features.Chats;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Hubs;

/// <summary>Those who ask for the same at the same time share a read that began after they asked.</summary>
[TestFixture]
public sealed class SharingReads
{
    private readonly SharedReads<long, int> _reads = new();
    private readonly List<TaskCompletionSource<int>> _begun = [];

    [SetUp]
    public void SetUp() => _begun.Clear();

    [Test]
    public async Task Whoever_asks_while_one_is_under_way_gets_the_next_one_all_together()
    {
        var first = await BeginAsync(1);
        var late = Enumerable.Range(0, 50).Select(_ => Ask(1)).ToList();
        Assert.That(Begun, Is.EqualTo(1));
        await AnswerAsync(1, 100);
        Assert.That(await first.OrDeadline(), Is.EqualTo(100));
        Assert.That(late.Select(task => task.IsCompleted), Is.All.False, "the first may have read before they asked");
        await AnswerAsync(2, 200);
        Assert.That(await Task.WhenAll(late).OrDeadline(), Is.All.EqualTo(200));
        Assert.That(Begun, Is.EqualTo(2));
    }

    [Test]
    public async Task It_is_no_cache()
    {
        var first = await BeginAsync(1);
        await AnswerAsync(1, 100);
        await first.OrDeadline();
        var second = Ask(1);
        await AnswerAsync(2, 200);
        Assert.That(await second.OrDeadline(), Is.EqualTo(200));
    }

    [Test]
    public async Task A_read_that_fails_fails_for_those_who_shared_it_and_for_nobody_else()
    {
        var first = await BeginAsync(1);
        var late = new[] { Ask(1), Ask(1) };
        lock (_begun) _begun[0].SetException(new IOException());
        Assert.That(async () => await first.OrDeadline(), Throws.InstanceOf<IOException>());
        await AnswerAsync(2, 200);
        Assert.That(await Task.WhenAll(late).OrDeadline(), Is.All.EqualTo(200));
    }

    [Test]
    public async Task Who_hangs_up_leaves_the_others_their_answer()
    {
        using var gone = new CancellationTokenSource();
        var first = Ask(1, gone.Token);
        await Deadline.UntilAsync(() => Begun == 1, "is under way");
        var late = Ask(1);
        await gone.CancelAsync();
        Assert.That(async () => await first.OrDeadline(), Throws.InstanceOf<OperationCanceledException>());
        await AnswerAsync(1, 100);
        await AnswerAsync(2, 200);
        Assert.That(await late.OrDeadline(), Is.EqualTo(200));
    }

    [Test]
    public async Task Others_do_not_wait()
    {
        var first = await BeginAsync(1);
        var other = Ask(2);
        await AnswerAsync(2, 200);
        Assert.That(await other.OrDeadline(), Is.EqualTo(200));
        Assert.That(first.IsCompleted, Is.False);
        await AnswerAsync(1, 100);
        await first.OrDeadline();
    }

    private int Begun
    {
        get { lock (_begun) return _begun.Count; }
    }

    private Task<int> Ask(long key, CancellationToken cancellationToken = default) =>
        _reads.ReadAsync(key, () =>
        {
            var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_begun) _begun.Add(answer);
            return answer.Task;
        }, cancellationToken);

    private async Task<Task<int>> BeginAsync(long key)
    {
        var asked = Ask(key);
        await Deadline.UntilAsync(() => Begun == 1, "is under way");
        return asked;
    }

    private async Task AnswerAsync(int read, int value)
    {
        await Deadline.UntilAsync(() => Begun >= read, $"read {read} is under way");
        lock (_begun) _begun[read - 1].SetResult(value);
    }
}
