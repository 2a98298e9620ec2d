namespace Chat.Data;

/// <summary>Times as the database keeps them.</summary>
public static class StoredTimes
{
    /// <summary>As a DATETIME(6) holds it, cut to microseconds: the first answer shows the same time as every later one.</summary>
    public static DateTime ToStored(this DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
