namespace Guest.Net.Devices;

/// <summary>What a chip that keeps arrivals in a run of memory has at the place where the next one should be.</summary>
internal enum CopiedArrival
{
    /// <summary>A frame, which was copied.</summary>
    Whole,

    /// <summary>A frame that the chip is still writing.</summary>
    Unfinished,

    /// <summary>A frame that is longer than any for this card, which was passed over.</summary>
    Oversized,

    /// <summary>None that there can be: the ring is in disorder.</summary>
    Impossible,
}
