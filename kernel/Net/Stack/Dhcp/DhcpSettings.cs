using System;
using System.Buffers.Binary;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Takes an interface's settings from a DHCP server's message (RFC 2132), as far as they make sense.</summary>
internal static class DhcpSettings
{
    private const int LeastMtu = 576;
    private const int LongestOption = 512;
    private const int AddressSize = 4;

    /// <summary>The address that a message gives, with its network's prefix.</summary>
    /// <remarks>An address without a mask gets its class's, as before masks were given (RFC 950).</remarks>
    /// <returns>False if no interface can have it.</returns>
    public static bool TryReadAddress(in DhcpMessage message, out IpPrefix address)
    {
        IpAddress yours = message.YourAddress;
        int length = yours.Ipv4 >> 31 == 0 ? 8 : yours.Ipv4 >> 30 == 2 ? 16 : 24;
        if (message.TryFind(DhcpOption.SubnetMask, out uint mask) && !IpPrefix.TryLengthOfMask(mask, out length))
            length = 0;
        address = new IpPrefix(yours, length);
        return InterfaceConfiguration.IsHost(address);
    }

    /// <summary>Reads everything but the lease's times.</summary>
    /// <returns>False if routes were left out: malformed, or too many.</returns>
    public static bool Read(in DhcpMessage message, IpPrefix address, NetworkSettings settings)
    {
        settings.Begin(address);
        if (message.TryFind(DhcpOption.InterfaceMtu, out ReadOnlySpan<byte> mtu) && mtu.Length == 2)
            settings.Mtu = Math.Max(LeastMtu, (int)BinaryPrimitives.ReadUInt16BigEndian(mtu));
        ReadAddresses(in message, DhcpOption.DomainNameServer, ref settings.NameServers);
        ReadAddresses(in message, DhcpOption.NtpServers, ref settings.TimeServers);
        ReadDomains(in message, settings);
        return ReadRoutes(in message, settings);
    }

    private static void ReadAddresses(in DhcpMessage message, DhcpOption option, ref AddressList list)
    {
        Span<byte> bytes = stackalloc byte[LongestOption];
        if (!message.TryGather(option, bytes, out int length))
            return;
        for (int at = 0; at + AddressSize <= length; at += AddressSize)
        {
            IpAddress address = IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]));
            if (IsHost(address))
                list.Add(address);
        }
    }

    private static void ReadDomains(in DhcpMessage message, NetworkSettings settings)
    {
        Span<byte> bytes = stackalloc byte[LongestOption];
        if (message.TryGather(DhcpOption.DomainName, bytes, out int length))
        {
            ReadOnlySpan<byte> name = bytes[..length].TrimEnd((byte)0);
            if (DhcpDomains.IsName(name))
                settings.SetDomain(name);
        }

        Span<byte> text = stackalloc byte[NetworkSettings.LongestName];
        if (message.TryGather(DhcpOption.DomainSearch, bytes, out length) && DhcpDomains.TryReadSearchList(bytes[..length], text, out int textLength))
            settings.SetSearchDomains(text[..textLength]);
    }

    // RFC 3442: a server that gives classless routes gives all of them there, and the router option is not looked at.
    private static bool ReadRoutes(in DhcpMessage message, NetworkSettings settings)
    {
        Span<byte> bytes = stackalloc byte[LongestOption];
        bool complete = true;
        if (message.TryGather(DhcpOption.ClasslessRoutes, bytes, out int length))
        {
            DhcpRoutes routes = new(bytes[..length]);
            bool any = false;
            while (routes.TryNext(out IpPrefix network, out IpAddress router))
            {
                if (!router.IsUnspecified && !IsRouter(router, settings))
                    continue;
                complete &= settings.Routes.TryAdd(new Route(network, router));
                any = true;
            }

            if (any)
                return complete && routes.IsWellFormed;
            complete = false;
        }

        AddressList routers = default;
        ReadAddresses(in message, DhcpOption.Router, ref routers);
        for (int i = 0; i < routers.Count; i++)
        {
            if (IsRouter(routers[i], settings))
                return settings.Routes.TryAdd(new Route(new IpPrefix(IpAddress.AnyIpv4, 0), routers[i])) && complete;
        }

        return complete;
    }

    private static bool IsRouter(IpAddress address, NetworkSettings settings) => IsHost(address) && address != settings.Address.Address;

    private static bool IsHost(IpAddress address) => InterfaceConfiguration.IsHost(new IpPrefix(address, 32));
}
