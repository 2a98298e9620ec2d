using Chat.Data;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

/// <summary>Reads of those who come back: a few at a time, each in its turn, and none lost to another's fault.</summary>
[TestFixture]
public sealed class CatchingUpInTurn
{
    private CatchUpGate _gate = null!;

    [SetUp]
    public void Make() => _gate = new CatchUpGate(atOnce: 2);

    [TearDown]
    public void Drop() => _gate.Dispose();

    [Test]
    public async Task No_more_than_so_many_at_a_time_and_the_others_in_the_order_in_which_they_came()
    {
        var reads = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously)).ToList();
        var begun = new List<int>();
        var results = reads.Select((read, i) => RunAsync(() =>
        {
            lock (begun) begun.Add(i);
            return read.Task;
        })).ToList();
        Assert.That((Begun(), _gate.Waiting), Is.EqualTo((2, 3)));
        for (var i = 0; i < reads.Count; i++)
        {
            reads[i].SetResult(i);
            Assert.That(await results[i].OrDeadline(), Is.EqualTo(i));
            await Deadline.UntilAsync(() => Begun() == Math.Min(reads.Count, i + 3), "the next one reads");
        }
        Assert.That(begun, Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
        Assert.That(_gate.Waiting, Is.Zero);

        int Begun()
        {
            lock (begun) return begun.Count;
        }
    }

    [Test]
    public async Task One_that_fails_and_one_that_is_given_up_leave_their_turn_to_others()
    {
        var reading = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var failing = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (first, second) = (RunAsync(() => reading.Task), RunAsync(() => failing.Task));
        using var impatience = new CancellationTokenSource();
        var givenUp = RunAsync(() => Task.FromResult(3), impatience.Token);
        var patient = RunAsync(() => Task.FromResult(4));
        Assert.That(_gate.Waiting, Is.EqualTo(2));

        await impatience.CancelAsync();
        Assert.That(async () => await givenUp.OrDeadline(), Throws.InstanceOf<OperationCanceledException>());
        failing.SetException(new InvalidOperationException("broken"));
        Assert.That(async () => await second.OrDeadline(), Throws.InvalidOperationException);
        Assert.That(await patient.OrDeadline(), Is.EqualTo(4));
        reading.SetResult(1);
        Assert.That(await first.OrDeadline(), Is.EqualTo(1));
        Assert.That(_gate.Waiting, Is.Zero);
    }

    private Task<int> RunAsync(Func<Task<int>> read, CancellationToken cancellationToken = default) => _gate.RunAsync(read, cancellationToken);
}
