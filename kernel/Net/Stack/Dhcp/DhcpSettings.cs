using System;
using System.Buffers.Binary;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Takes an interface's settings from a DHCP server's message (RFC 2132), as far as they make sense.</summary>
internal static class DhcpSettings
{
    private const int LeastMtu = 576;
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
    /// <param name="message">The message.</param>
    /// <param name="address">The address that it gives.</param>
    /// <param name="settings">Where they go.</param>
    /// <param name="surplus">How many routes were left out because there are too many.</param>
    /// <returns>False if routes made no sense, and were left out with all that stand behind them.</returns>
    public static bool Read(in DhcpMessage message, IpPrefix address, NetworkSettings settings, out int surplus)
    {
        // No option is longer than its message, which lies in one buffer.
        Span<byte> option = stackalloc byte[PacketBuffer.Capacity];
        settings.Begin(address);
        if (message.TryGather(DhcpOption.InterfaceMtu, option, out int length) && length == sizeof(ushort))
            settings.Mtu = Math.Max(LeastMtu, (int)BinaryPrimitives.ReadUInt16BigEndian(option));
        ReadAddresses(in message, DhcpOption.DomainNameServer, option, ref settings.NameServers);
        ReadAddresses(in message, DhcpOption.NtpServers, option, ref settings.TimeServers);
        ReadDomains(in message, option, settings);
        return ReadRoutes(in message, option, settings, out surplus);
    }

    private static void ReadAddresses(in DhcpMessage message, DhcpOption option, Span<byte> bytes, ref AddressList list)
    {
        if (!message.TryGather(option, bytes, out int length))
            return;
        for (int at = 0; at + AddressSize <= length; at += AddressSize)
        {
            IpAddress address = IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]));
            if (IsHost(address))
                list.Add(address);
        }
    }

    private static void ReadDomains(in DhcpMessage message, Span<byte> bytes, NetworkSettings settings)
    {
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
    private static bool ReadRoutes(in DhcpMessage message, Span<byte> bytes, NetworkSettings settings, out int surplus)
    {
        surplus = 0;
        bool makeSense = true;
        int ownRoutes = settings.Routes.Count;
        if (message.TryGather(DhcpOption.ClasslessRoutes, bytes, out int length))
        {
            DhcpRoutes routes = new(bytes[..length]);
            while (routes.TryNext(out IpPrefix network, out IpAddress router))
            {
                if ((router.IsUnspecified || IsRouter(router, settings)) && !settings.Routes.TryAdd(new Route(network, router)))
                    surplus++;
            }

            makeSense = routes.IsWellFormed;
            if (settings.Routes.Count != ownRoutes)
                return makeSense;
            makeSense = false;
        }

        AddressList routers = default;
        ReadAddresses(in message, DhcpOption.Router, bytes, ref routers);
        for (int i = 0; i < routers.Count; i++)
        {
            if (IsRouter(routers[i], settings))
            {
                settings.Routes.TryAdd(new Route(new IpPrefix(IpAddress.AnyIpv4, 0), routers[i]));
                break;
            }
        }

        return makeSense;
    }

    private static bool IsRouter(IpAddress address, NetworkSettings settings) => IsHost(address) && address != settings.Address.Address;

    private static bool IsHost(IpAddress address) => InterfaceConfiguration.IsHost(new IpPrefix(address, 32));
}
