namespace Guest.Net.Stack;

/// <summary>Whether a sender makes up for losses, and how it learnt of them.</summary>
internal enum Recovery : byte
{
    /// <summary>Nothing is known to be lost.</summary>
    None,

    /// <summary>A mark said that the path is congested, nothing is lost (RFC 3168, 6.1.2).</summary>
    Reduced,

    /// <summary>Acknowledgements told of a loss (RFC 5681, 3.2).</summary>
    Fast,

    /// <summary>A time-out did (RFC 5681, 3.1).</summary>
    Timeout,
}
