using Chat.Data;
using Chat.Data.Messages;
using Chat.Server.Hubs.Filters;
using Chat.Server.Realtime;
using Chat.Server.Tests.Operations.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Operations;

[TestFixture, NonParallelizable]
public sealed class ThePriceOfMeasuring
{
    [Test]
    public void What_is_recorded_on_the_way_of_a_message_allocates_nothing()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<DataMetrics>().AddSingleton<RealtimeMetrics>().AddSingleton<CallMetrics>().BuildServiceProvider();
        var (data, realtime) = (services.GetRequiredService<DataMetrics>(), services.GetRequiredService<RealtimeMetrics>());
        using var log = new InstrumentLog(services);
        Record(data, realtime);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Record(data, realtime);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000), "bytes for a thousand batches");
        Assert.That(log.SumOf("chat.append.messages"), Is.GreaterThan(1000));
    }

    private static void Record(DataMetrics data, RealtimeMetrics realtime)
    {
        data.AppendCommitted(3, TimeSpan.FromMilliseconds(2));
        data.AppendAnswered(new BatchOutcome(2, 1, 0));
        data.AppendWaited(TimeSpan.FromMilliseconds(3));
        data.Pushed(TimeSpan.FromMilliseconds(1));
        data.ReceiptsStored(2, TimeSpan.FromMilliseconds(2));
        realtime.PendingBytesChanged(0);
        realtime.Published("chat:push", 5);
        realtime.Received("chat:push", 5);
        realtime.Delayed("chat:push", TimeSpan.FromMilliseconds(1));
    }
}
