using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>An IPv4 packet that the stack sent.</summary>
internal sealed record SeenPacket(EthernetHeader Ethernet, Ipv4Header Ip, byte[] Payload)
{
    public IpAddress Source => IpAddress.From(Ip.Source);

    public IpAddress Destination => IpAddress.From(Ip.Destination);
}
