namespace Guest.Net.Wire;

/// <summary>ICMPv6 message types (RFC 4443; RFC 4861; IANA, ICMPv6 Parameters). Errors are below 128.</summary>
public enum Icmpv6Type : byte
{
    /// <summary>Destination unreachable; see <see cref="Icmpv6Unreachable"/>.</summary>
    DestinationUnreachable = 1,

    /// <summary>Too long for a link on the way.</summary>
    PacketTooBig = 2,

    /// <summary>Time exceeded: code 0 in transit, code 1 in reassembly.</summary>
    TimeExceeded = 3,

    /// <summary>Parameter problem; see <see cref="Icmpv6Problem"/>.</summary>
    ParameterProblem = 4,

    /// <summary>Echo request, the first of the types that are no errors.</summary>
    EchoRequest = 128,

    /// <summary>Echo reply.</summary>
    EchoReply = 129,

    /// <summary>A router asks which groups have listeners (RFC 3810, 5.1).</summary>
    ListenerQuery = 130,

    /// <summary>Router solicitation (RFC 4861, 4.1).</summary>
    RouterSolicitation = 133,

    /// <summary>Router advertisement (RFC 4861, 4.2).</summary>
    RouterAdvertisement = 134,

    /// <summary>Neighbour solicitation (RFC 4861, 4.3).</summary>
    NeighbourSolicitation = 135,

    /// <summary>Neighbour advertisement (RFC 4861, 4.4).</summary>
    NeighbourAdvertisement = 136,

    /// <summary>Redirect (RFC 4861, 4.5).</summary>
    Redirect = 137,

    /// <summary>Which groups this host listens to (RFC 3810, 5.2).</summary>
    ListenerReport = 143,
}
