namespace Guest.Net.Stack;

/// <summary>The options that the stack knows (IANA, TCP Option Kind Numbers).</summary>
internal enum TcpOptionKind : byte
{
    /// <summary>Nothing follows (RFC 9293, 3.2).</summary>
    End = 0,

    /// <summary>A byte that fills.</summary>
    NoOperation = 1,

    /// <summary>RFC 9293, 3.7.1.</summary>
    MaximumSegment = 2,

    /// <summary>RFC 7323, 2.2.</summary>
    WindowScale = 3,

    /// <summary>RFC 2018, 2.</summary>
    SackPermitted = 4,

    /// <summary>RFC 2018, 3.</summary>
    Sack = 5,

    /// <summary>RFC 7323, 3.2.</summary>
    Timestamps = 8,
}
