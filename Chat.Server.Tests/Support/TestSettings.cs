namespace Chat.Server.Tests.Support;

/// <summary>Settings that tests share.</summary>
public static class TestSettings
{
    /// <summary>
    /// Lifts the limits per address and per user: tests make more people and calls in a second than one address may.
    /// The limits have tests of their own.
    /// </summary>
    public static Dictionary<string, string> Unthrottled(Dictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>
        {
            ["Auth:AuthCallsPerMinutePerAddress"] = "1000000",
            ["Media:DownloadsPerMinute"] = "1000000",
            ["Auth:LookupsPerMinutePerUser"] = "1000000",
            ["RateLimits:CallsPerSecond"] = "1000000",
            ["RateLimits:CallBurst"] = "1000000",
            ["RateLimits:SendsPerSecond"] = "1000000",
            ["RateLimits:SendBurst"] = "1000000",
            ["RateLimits:TypingBurst"] = "1000000",
            ["RateLimits:SearchBurst"] = "1000000",
            // Tests look whether anything was written; those of notifications ask for them sooner.
            ["Notifications:Delay"] = "01:00:00",
            ["Contacts:PhoneLookupsPerDay"] = "1000000000",
        };
        foreach (var (path, value) in settings) all[path] = value;
        return all;
    }
}
