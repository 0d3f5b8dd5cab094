using Guest.Core.Time;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>What a link does to frames.</summary>
internal sealed record LinkQuality
{
    /// <summary>How many of a hundred frames are lost.</summary>
    public double Loss { get; init; }

    /// <summary>How many of a hundred frames come twice.</summary>
    public double Duplication { get; init; }

    /// <summary>How many of a hundred frames are late, so that others overtake them.</summary>
    public double Reordering { get; init; }

    /// <summary>How many of a hundred frames have a bit that changed on the way.</summary>
    public double Corruption { get; init; }

    /// <summary>How long a frame takes.</summary>
    public Duration Delay { get; init; } = Duration.FromMilliseconds(5);

    /// <summary>How much longer one takes that is late.</summary>
    public Duration Lateness { get; init; } = Duration.FromMilliseconds(3);

    /// <summary>How many bytes pass in a second; 0 for any number.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>How many bytes may wait for the link; those behind are lost.</summary>
    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>Whether frames that find a queue half full are marked where their sender agrees (RFC 3168).</summary>
    public bool Marks { get; init; }
}
