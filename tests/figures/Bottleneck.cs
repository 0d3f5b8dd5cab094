using System;

namespace Guest.Figures;

/// <summary>The link of the figure: two megabits a second, a tenth of a second there and back, and a queue of twice what is under way.</summary>
internal static class Bottleneck
{
    public const int Seed = 1;
    public const long BytesPerSecond = 250_000;
    public const int QueueBytes = 50_000;
    public const int DelayMilliseconds = 50;

    /// <summary>For how long the window is looked at.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
}
