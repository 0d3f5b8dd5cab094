using System;
using System.Buffers.Binary;
using Guest.Rig.Network;

namespace Guest.Integration.Tests.Clients;

/// <summary>Judges a captured frame by the RFCs: every length is what there is, and every sum is right.</summary>
internal static class CapturedFrame
{
    private const int EthernetHeader = 14;
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;
    private const int ArpSize = 28;
    private const int PseudoIpv6 = 40;
    private const int UdpHeader = 8;
    private const int TcpHeader = 20;
    private const int IcmpHeader = 8;
    private const byte Icmp = 1;
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte HopByHop = 0;
    private const byte Icmpv6 = 58;

    /// <summary>Looks at a frame.</summary>
    /// <param name="frame">All of it.</param>
    /// <param name="kind">What it is: <c>arp</c>, <c>udp4</c>, <c>tcp6</c>.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? Judge(ReadOnlySpan<byte> frame, out string kind)
    {
        kind = "ethernet";
        if (frame.Length < EthernetHeader)
            return "shorter than an Ethernet header";
        ReadOnlySpan<byte> packet = frame[EthernetHeader..];
        switch (Number(frame, 12))
        {
            case 0x0806:
                kind = "arp";
                return packet.Length < ArpSize || Number(packet, 0) != 1 || Number(packet, 2) != 0x0800 || packet[4] != 6 || packet[5] != 4 ? "not Ethernet's ARP" : null;
            case 0x0800:
                return JudgeIpv4(packet, out kind);
            case 0x86dd:
                return JudgeIpv6(packet, out kind);
            default:
                return $"EtherType {Number(frame, 12):x4}";
        }
    }

    private static string? JudgeIpv4(ReadOnlySpan<byte> packet, out string kind)
    {
        kind = "ip4";
        if (packet.Length < Ipv4Header || packet[0] >> 4 != 4)
            return "no IPv4 header";
        int header = (packet[0] & 15) * 4;
        int total = Number(packet, 2);
        if (header < Ipv4Header || total < header || total > packet.Length)
            return $"header of {header} bytes, packet of {total} in {packet.Length}";
        if (InternetChecksum.Of(packet[..header]) != 0)
            return "wrong sum of the IPv4 header";
        if ((Number(packet, 6) & 0x3fff) != 0)
        {
            kind = "fragment4";
            return null;
        }

        ReadOnlySpan<byte> payload = packet[header..total];
        byte[] pseudo = [.. packet[12..20], 0, packet[9], (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        return JudgeTransport(packet[9], payload, pseudo, "4", out kind);
    }

    private static string? JudgeIpv6(ReadOnlySpan<byte> packet, out string kind)
    {
        kind = "ip6";
        if (packet.Length < Ipv6Header || packet[0] >> 4 != 6)
            return "no IPv6 header";
        int length = Number(packet, 4);
        if (Ipv6Header + length > packet.Length)
            return $"payload of {length} bytes in {packet.Length}";
        ReadOnlySpan<byte> payload = packet.Slice(Ipv6Header, length);
        byte protocol = packet[6];
        if (protocol == HopByHop && payload.Length >= 8)
        {
            protocol = payload[0];
            payload = payload[((payload[1] + 1) * 8)..];
        }

        byte[] pseudo = new byte[PseudoIpv6 + payload.Length];
        packet[8..40].CopyTo(pseudo);
        BinaryPrimitives.WriteInt32BigEndian(pseudo.AsSpan(32), payload.Length);
        pseudo[39] = protocol;
        payload.CopyTo(pseudo.AsSpan(PseudoIpv6));
        return JudgeTransport(protocol, payload, pseudo, "6", out kind);
    }

    private static string? JudgeTransport(byte protocol, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> withPseudoHeader, string version, out string kind)
    {
        switch (protocol)
        {
            case Udp:
                kind = "udp" + version;
                if (payload.Length < UdpHeader || Number(payload, 4) != payload.Length)
                    return "wrong length of UDP";
                return Number(payload, 6) == 0 && version == "4" ? null : JudgeSum(withPseudoHeader);
            case Tcp:
                kind = "tcp" + version;
                int header = payload.Length < TcpHeader ? 0 : (payload[12] >> 4) * 4;
                return header < TcpHeader || header > payload.Length ? "wrong length of TCP's header" : JudgeOptions(payload[TcpHeader..header]) ?? JudgeSum(withPseudoHeader);
            case Icmp when version == "4":
                kind = "icmp4";
                return payload.Length < IcmpHeader ? "ICMP too short" : JudgeSum(payload);
            case Icmpv6 when version == "6":
                kind = "icmp6";
                return payload.Length < IcmpHeader ? "ICMPv6 too short" : JudgeSum(withPseudoHeader);
            default:
                kind = $"protocol {protocol}";
                return protocol == 2 && version == "4" ? null : $"unknown protocol {protocol}";
        }
    }

    private static string? JudgeOptions(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != 0)
        {
            int size = options[0] == 1 ? 1 : options.Length < 2 ? 0 : options[1];
            if (size == 0 || size > options.Length || (options[0] != 1 && size < 2))
                return "TCP's options do not fit";
            options = options[size..];
        }

        return null;
    }

    private static string? JudgeSum(ReadOnlySpan<byte> bytes) => InternetChecksum.Of(bytes) == 0 ? null : "wrong sum";

    private static int Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
