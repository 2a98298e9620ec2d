using System.Net;
using Chat.Server.Errors;
using Chat.Server.Features.Media;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Media;

/// <summary>Nobody fills the disk, or takes all the places.</summary>
[TestFixture]
public sealed class UploadLimits : MediaFixture
{
    protected override Dictionary<string, string> Settings => new(base.Settings)
    {
        ["Media:MaxBytesPerDayPerUser"] = "3000",
        ["Media:UploadsPerMinutePerUser"] = "6",
    };

    [Test]
    public async Task Bytes_of_a_day_and_calls_of_a_minute()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        for (var i = 0; i < 3; i++) await UploadAsync(ann, Samples.Png(1000, seed: i));
        using var over = await PostAsync(ann, new ByteArrayContent(Samples.Png()));
        Assert.That(over.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(over.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromHours(1)));
        await UploadAsync(bob, Samples.Png());

        for (var i = 0; i < 5; i++) using (await PostAsync(bob, new ByteArrayContent([]))) { }
        using var fast = await PostAsync(bob, new ByteArrayContent(Samples.Png()));
        Assert.That(fast.Headers.RetryAfter?.Delta, Is.LessThan(TimeSpan.FromMinutes(1)));
        Assert.That(fast.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public void Places_of_a_user_and_of_a_node()
    {
        var slots = new UploadSlots(new MediaOptions { MaxUploadsPerUser = 2, MaxUploads = 3 });
        var first = slots.Enter(1);
        slots.Enter(1);
        Assert.That(() => slots.Enter(1), Throws.TypeOf<ChatException>().With.Property("Code").EqualTo("rate_limited"));
        slots.Enter(2);
        Assert.That(() => slots.Enter(3), Throws.TypeOf<ChatException>().With.Property("Code").EqualTo("unavailable"));
        first.Dispose();
        first.Dispose();
        slots.Enter(1);
        Assert.That(() => slots.Enter(3), Throws.TypeOf<ChatException>().With.Property("Code").EqualTo("unavailable"));
    }
}
