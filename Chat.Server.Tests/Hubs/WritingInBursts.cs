using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Chat.Data;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Outputs;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary>What is written to a client several times within a burst goes to its socket once.</summary>
[TestFixture]
public sealed class WritingInBursts
{
    private readonly ManualTime _time = new();
    private Pipe _pipe = null!;
    private StalledOutputs _stalled = null!;
    private ClientOutput _output = null!;

    [SetUp]
    public void Connect()
    {
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 1024));
        _stalled = new StalledOutputs(new ConnectionLimits(), new RealtimeMetrics(TestMetrics.Factory()), _time, NullLogger<StalledOutputs>.Instance);
        var features = new FeatureCollection();
        features.Set(Mock.Of<IConnectionTransportFeature>(f => f.Transport == Mock.Of<IDuplexPipe>(d => d.Output == _pipe.Writer)));
        features.Set(Mock.Of<IConnectionLifetimeFeature>());
        ClientOutput.Watch(features, _stalled);
        _output = features.Get<ClientOutput>()!;
    }

    [TearDown]
    public void Disconnect() => _stalled.Dispose();

    [Test]
    public void Nothing_is_held_outside_of_a_burst()
    {
        Write("a");
        Assert.That(Read(), Is.EqualTo("a"));
        Serialize("b");
        Assert.That(Read(), Is.EqualTo("b"));
    }

    [Test]
    public void Everything_of_a_burst_is_there_at_its_end_in_order()
    {
        var burst = InBurst(static t =>
        {
            t.Write("a");
            t.Serialize("b");
            t.Write("c");
        });
        Assert.That(Read(), Is.Empty);
        burst.End();
        Assert.That(Read(), Is.EqualTo("abc"));
    }

    [Test]
    public void What_is_done_for_one_caller_is_no_burst()
    {
        Assert.That(Burst.Of(callers: 1, this, static t => t.Write("a")), Is.Null);
        Assert.That(Read(), Is.EqualTo("a"));
    }

    [Test]
    public void The_first_to_flush_flushes_for_all()
    {
        var first = InBurst(static t => t.Write("a"));
        var second = InBurst(static t => t.Write("b"));
        second.End();
        Assert.That(Read(), Is.EqualTo("ab"));
        Write("c");
        Assert.That(Read(), Is.EqualTo("c"));
        first.End();
        Assert.That(Read(), Is.Empty);
        Assert.That(Burst.Current, Is.Null);
    }

    [Test]
    public void Who_writes_outside_takes_along_what_is_held()
    {
        var burst = InBurst(static t => t.Write("a"));
        Write("b");
        Assert.That(Read(), Is.EqualTo("ab"));
        burst.End();
        Assert.That(Read(), Is.Empty);
    }

    [Test]
    public void A_burst_that_ends_while_somebody_writes_leaves_the_flush_to_them()
    {
        var first = InBurst(static t => t.Write("a"));
        "b"u8.CopyTo(_output.GetSpan(1));
        first.End();
        Assert.That(Read(), Is.Empty, "the buffer that is being written must not be given away");
        _output.Advance(1);
        var second = InBurst(static t => _ = t._output.FlushAsync().AsTask());
        Assert.That(Read(), Is.Empty);
        second.End();
        Assert.That(Read(), Is.EqualTo("ab"));
    }

    [Test]
    public void Much_is_not_held()
    {
        var burst = InBurst(static t =>
        {
            for (var i = 0; i < 20; i++) t.Write(new string('x', 1000));
        });
        var before = Read().Length;
        Assert.That(before, Is.GreaterThanOrEqualTo(16_000));
        burst.End();
        Assert.That(before + Read().Length, Is.EqualTo(20_000));
    }

    [Test]
    public async Task A_client_that_takes_nothing_is_noticed_by_the_next_write()
    {
        for (var i = 0; i < 6; i++) Write(new string('x', 10_000));
        InBurst(static t => t.Write(new string('y', 10_000))).End();
        Assert.That(_stalled.Count, Is.Zero);
        var last = _output.WriteAsync("last"u8.ToArray()).AsTask();
        Assert.That((last.IsCompleted, _stalled.Count), Is.EqualTo((false, 1)));
        var text = "";
        while (!text.EndsWith("ylast", StringComparison.Ordinal)) text += Read();
        await last.OrDeadline();
        Assert.That(_stalled.Count, Is.Zero);
    }

    [Test]
    public void The_end_of_a_burst_does_not_mind_that_the_connection_has_ended()
    {
        var burst = InBurst(static t => t.Write("a"));
        _output.Complete();
        _pipe.Reader.Complete();
        Assert.DoesNotThrow(burst.End);
    }

    [Test]
    public void A_fault_of_the_work_leaves_no_burst_behind()
    {
        Assert.Throws<InvalidCastException>(() => InBurst(static _ => throw new InvalidCastException()));
        Assert.That(Burst.Current, Is.Null);
    }

    private Burst InBurst(Action<WritingInBursts> work) => Burst.Of(callers: 2, this, work)!;

    /// <summary>As SignalR writes what is encoded already.</summary>
    private void Write(string text) => _ = _output.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    /// <summary>As SignalR writes what it encodes.</summary>
    private void Serialize(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _ = _output.FlushAsync().AsTask();
    }

    private string Read()
    {
        if (!_pipe.Reader.TryRead(out var read)) return "";
        var text = Encoding.UTF8.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
