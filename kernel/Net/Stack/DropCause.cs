namespace Guest.Net.Stack;

/// <summary>Why a packet went no further. Every packet that the stack gives up is counted under exactly one of these.</summary>
public enum DropCause
{
    /// <summary>Shorter than its headers, or than the length that they claim.</summary>
    Truncated,

    /// <summary>Longer than the link's MTU allows.</summary>
    Oversized,

    /// <summary>A field has a value that no correct sender writes.</summary>
    Malformed,

    /// <summary>A checksum is wrong.</summary>
    BadChecksum,

    /// <summary>It came from outside with this interface's own address as its source.</summary>
    Looping,

    /// <summary>Its source is not one host's address: broadcast, multicast, loopback, reserved or none.</summary>
    BadSource,

    /// <summary>Addressed to another host, to a group that nobody here has joined, or on another VLAN.</summary>
    NotForUs,

    /// <summary>An EtherType that the stack does not speak.</summary>
    UnknownEtherType,

    /// <summary>An IP protocol, or an ICMP message, that the stack does not speak.</summary>
    UnknownProtocol,

    /// <summary>No endpoint is bound to the port.</summary>
    NoListener,

    /// <summary>The endpoint's queue was full: the application is too slow.</summary>
    QueueFull,

    /// <summary>Fragments overlapped: an attack, or a broken sender (RFC 5722).</summary>
    FragmentOverlap,

    /// <summary>The rest of a datagram did not come in time.</summary>
    ReassemblyTimeout,

    /// <summary>Fragments gave way to newer ones: too many datagrams, or too many buffers, were incomplete at once.</summary>
    ReassemblyFull,

    /// <summary>Nothing leads to the destination.</summary>
    NoRoute,

    /// <summary>The next hop did not answer.</summary>
    NeighbourUnreachable,

    /// <summary>Too many packets were waiting for neighbours to answer, or too many neighbours are in use.</summary>
    NeighbourFull,

    /// <summary>The device's transmit ring stayed full.</summary>
    TransmitFull,

    /// <summary>No packet buffer was free.</summary>
    NoBuffer,

    /// <summary>The link was down.</summary>
    LinkDown,

    /// <summary>An answer that was not sent because too many like it were sent lately.</summary>
    RateLimited,

    /// <summary>A raw socket's queue was full, or buffers were short: a frame, or the copy of one that went its way, was not kept.</summary>
    RawQueueFull,
}
