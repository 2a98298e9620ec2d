using Chat.Bench.Micro;

namespace Chat.Server.Tests.Bench;

/// <summary>Each micro benchmark does what it claims to measure.</summary>
public sealed class MicroBenchmarks
{
    [Test]
    public async Task Frames_are_read_and_written()
    {
        var frames = new Frames();
        frames.SetUp();
        try
        {
            Assert.Multiple(() =>
            {
                Assert.That(frames.ParseSendMessage(), Is.Not.Null);
                Assert.That(frames.EncodeSendMessageResult(), Is.GreaterThan(80), "bytes");
                Assert.That(frames.EncodeMessagePosted(), Is.GreaterThan(250), "bytes");
                Assert.That(frames.PushEntryOfMessagePosted(), Is.Not.Null);
                Assert.That(frames.EncodeEventsForTwo(), Is.Not.Null);
            });
        }
        finally
        {
            await frames.CleanUp();
        }
    }

    [Test]
    public void A_batch_is_planned_whole()
    {
        var batches = new Batches();
        batches.SetUp();
        Assert.That(batches.PlanAppendBatch(), Is.EqualTo(500));
    }

    [Test]
    public async Task The_roster_is_known()
    {
        var rosters = new Rosters();
        await rosters.SetUp();
        Assert.That(await rosters.UseKnownRoster());
        rosters.Dispose();
    }
}
