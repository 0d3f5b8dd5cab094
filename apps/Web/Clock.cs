namespace Web;

/// <summary>What time it is.</summary>
internal static partial class Clock
{
    /// <summary>Milliseconds since some moment: for time-outs.</summary>
    public static long Milliseconds => ReadMilliseconds();

    /// <summary>Seconds since 1970-01-01 UTC; 0 if nobody says: under an emulator without a clock for guests.</summary>
    public static long UnixSeconds => ReadUnixSeconds();

    private static partial long ReadMilliseconds();

    private static partial long ReadUnixSeconds();
}
