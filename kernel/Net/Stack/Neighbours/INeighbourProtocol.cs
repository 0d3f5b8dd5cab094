using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>How a neighbour cache asks on its link: by ARP for IPv4, by neighbour discovery for IPv6.</summary>
internal interface INeighbourProtocol
{
    /// <summary>Asks who has an address.</summary>
    /// <param name="target">The address.</param>
    /// <param name="linkAddress">The host that is believed to have it, or broadcast.</param>
    void Solicit(IpAddress target, MacAddress linkAddress);
}
