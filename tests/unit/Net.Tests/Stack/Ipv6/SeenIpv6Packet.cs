using System;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>An IPv6 packet that the stack sent.</summary>
/// <param name="LinkDestination">The frame's receiver.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">Whom to.</param>
/// <param name="NextHeader">What stands behind the header, hop-by-hop options being taken away.</param>
/// <param name="HopLimit">The hops that are left.</param>
/// <param name="Payload">What stands there.</param>
/// <param name="HasRouterAlert">Whether there were hop-by-hop options that are a router alert.</param>
internal sealed record SeenIpv6Packet(
    MacAddress LinkDestination, IpAddress Source, IpAddress Destination, byte NextHeader, byte HopLimit, byte[] Payload, bool HasRouterAlert)
{
    /// <summary>The type of an ICMPv6 message, whose sum is right; 0 for anything else.</summary>
    public int IcmpType => NextHeader == Ipv6Frames.Icmp ? Payload[0] : 0;

    /// <summary>The address in the body of a message of neighbour discovery.</summary>
    public IpAddress Target => IpAddress.Read(Payload.AsSpan(8, 16));
}
