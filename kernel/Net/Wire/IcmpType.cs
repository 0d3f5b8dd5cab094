namespace Guest.Net.Wire;

/// <summary>ICMP message types (RFC 792; IANA, ICMP Type Numbers).</summary>
public enum IcmpType : byte
{
    /// <summary>Echo reply.</summary>
    EchoReply = 0,

    /// <summary>Destination unreachable; see <see cref="IcmpUnreachable"/>.</summary>
    DestinationUnreachable = 3,

    /// <summary>Source quench, which nobody sends any more (RFC 6633).</summary>
    SourceQuench = 4,

    /// <summary>Redirect.</summary>
    Redirect = 5,

    /// <summary>Echo request.</summary>
    EchoRequest = 8,

    /// <summary>Time exceeded: code 0 in transit, code 1 in reassembly.</summary>
    TimeExceeded = 11,

    /// <summary>Parameter problem.</summary>
    ParameterProblem = 12,
}
