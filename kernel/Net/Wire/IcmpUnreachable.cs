namespace Guest.Net.Wire;

/// <summary>Codes of <see cref="IcmpType.DestinationUnreachable"/> (RFC 792; RFC 1122, 3.2.2.1).</summary>
public enum IcmpUnreachable : byte
{
    /// <summary>No route to the network.</summary>
    Network = 0,

    /// <summary>The host does not answer.</summary>
    Host = 1,

    /// <summary>The host does not speak the protocol.</summary>
    Protocol = 2,

    /// <summary>Nobody listens on the port.</summary>
    Port = 3,

    /// <summary>Too long for the next link, and not to be fragmented.</summary>
    FragmentationNeeded = 4,
}
