using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What a neighbour cache needs of its link. ARP stands behind it for IPv4; neighbour discovery can for IPv6.</summary>
internal interface INeighbourLink
{
    /// <summary>Asks who has an address.</summary>
    /// <param name="target">The address.</param>
    /// <param name="linkAddress">The host that is believed to have it, or broadcast.</param>
    void Solicit(IpAddress target, MacAddress linkAddress);

    /// <summary>Sends a frame that is complete but for its link destination.</summary>
    void Transmit(PacketBuffer frame, MacAddress destination);

    /// <summary>Says that cached destinations may be wrong now.</summary>
    void InvalidateDestinations();
}
