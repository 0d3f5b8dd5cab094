using System;

namespace Web;

internal static partial class Clock
{
    private static partial long ReadMilliseconds() => Environment.TickCount64;

    private static partial long ReadUnixSeconds() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
