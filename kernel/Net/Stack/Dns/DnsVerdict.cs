namespace Guest.Net.Stack;

/// <summary>What a message comes to.</summary>
internal enum DnsVerdict
{
    /// <summary>It is not the answer to the question: that may come yet.</summary>
    Ignored,

    /// <summary>The server is of no use for the question.</summary>
    Failed,

    /// <summary>The answer is too long for a datagram.</summary>
    Truncated,

    /// <summary>The name is an alias of one that is to be asked for.</summary>
    Alias,

    /// <summary>It is the answer.</summary>
    Complete,
}
