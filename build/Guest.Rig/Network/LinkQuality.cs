using System;

namespace Guest.Rig.Network;

/// <summary>What a <see cref="FrameRelay"/> does to frames, in each direction.</summary>
public sealed record LinkQuality
{
    /// <summary>What all chance follows from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many of a hundred frames are lost.</summary>
    public double Loss { get; init; }

    /// <summary>How many of a hundred frames come twice.</summary>
    public double Duplication { get; init; }

    /// <summary>How many of a hundred frames are late, so that others overtake them.</summary>
    public double Reordering { get; init; }

    /// <summary>How long a frame takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How much longer one takes that is late.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How many bytes pass in a second; 0 for any number.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>How many bytes may wait for the link; those behind are lost.</summary>
    public int QueueBytes { get; init; } = 256 * 1024;
}
