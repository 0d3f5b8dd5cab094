namespace Guest.Net.Devices;

/// <summary>The bits of the C+ descriptors' lower word (RTL8139C+ datasheet, 6.1 to 6.4): command and status, and above them the VLAN
/// tag, which is not used. The upper word is the buffer's address.</summary>
internal static class Rtl8139Descriptor
{
    internal const uint OWN = 1u << 31;
    internal const uint EOR = 1 << 30;
    internal const uint FS = 1 << 29;
    internal const uint LS = 1 << 28;

    /// <summary>Transmit: compute the UDP, or TCP, checksum of an IPv4 packet, pseudo-header included.</summary>
    internal const uint UDPCS = 1 << 17;
    internal const uint TCPCS = 1 << 16;

    /// <summary>Receive: an error of any kind; which protocol was seen; which checksums failed; the length with the check sequence.</summary>
    internal const uint RES = 1 << 20;
    internal const uint PID_TCP = 1 << 16;
    internal const uint PID_UDP = 2 << 16;
    internal const uint PID_IP = 3 << 16;
    internal const uint IPF = 1 << 15;
    internal const uint UDPF = 1 << 14;
    internal const uint TCPF = 1 << 13;
    internal const uint LengthMask = 0x1fff;
}
