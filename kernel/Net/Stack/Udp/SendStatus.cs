namespace Guest.Net.Stack;

/// <summary>What became of a datagram that was to be sent.</summary>
public enum SendStatus
{
    /// <summary>It is on its way, or waits for its next hop's link address.</summary>
    Sent,

    /// <summary>It was lost as a network may lose any datagram, and counted under a <see cref="DropCause"/>.</summary>
    Dropped,

    /// <summary>The device's ring is full, or no buffer is free: try again after the next pass of the run loop.</summary>
    Busy,

    /// <summary>It is longer than <see cref="Wire.UdpHeader.MaximumPayload"/>.</summary>
    TooLong,

    /// <summary>It was for everyone, and the endpoint may not broadcast.</summary>
    BroadcastRefused,
}
