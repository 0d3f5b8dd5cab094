using System;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826, "Packet format").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct ArpPacket
{
    /// <summary>Bytes in the packet.</summary>
    public const int Size = 28;

    private const ushort HardwareEthernet = 1;

    private readonly BigEndian16 _hardwareType;
    private readonly BigEndian16 _protocolType;
    private readonly byte _hardwareLength;
    private readonly byte _protocolLength;
    private readonly BigEndian16 _operation;
    private readonly BigEndian16 _senderHardware0;
    private readonly BigEndian32 _senderHardware2;
    private readonly BigEndian32 _senderProtocol;
    private readonly BigEndian16 _targetHardware0;
    private readonly BigEndian32 _targetHardware2;
    private readonly BigEndian32 _targetProtocol;

    /// <summary>Makes a packet.</summary>
    public ArpPacket(ArpOperation operation, MacAddress sender, IpAddress senderProtocol, MacAddress target, IpAddress targetProtocol)
    {
        _hardwareType = BigEndian16.From(HardwareEthernet);
        _protocolType = BigEndian16.From((int)EtherType.Ipv4);
        _hardwareLength = MacAddress.Size;
        _protocolLength = 4;
        _operation = BigEndian16.From((int)operation);
        _senderHardware0 = BigEndian16.From((int)(sender.Bits >> 32));
        _senderHardware2 = BigEndian32.From((uint)sender.Bits);
        _senderProtocol = BigEndian32.From(senderProtocol.Ipv4);
        _targetHardware0 = BigEndian16.From((int)(target.Bits >> 32));
        _targetHardware2 = BigEndian32.From((uint)target.Bits);
        _targetProtocol = BigEndian32.From(targetProtocol.Ipv4);
    }

    /// <summary>ar$op.</summary>
    public ArpOperation Operation => (ArpOperation)_operation.Value;

    /// <summary>ar$sha.</summary>
    public MacAddress SenderHardware => new(((ulong)_senderHardware0.Value << 32) | _senderHardware2.Value);

    /// <summary>ar$spa.</summary>
    public IpAddress SenderProtocol => IpAddress.FromIpv4(_senderProtocol.Value);

    /// <summary>ar$tha.</summary>
    public MacAddress TargetHardware => new(((ulong)_targetHardware0.Value << 32) | _targetHardware2.Value);

    /// <summary>ar$tpa.</summary>
    public IpAddress TargetProtocol => IpAddress.FromIpv4(_targetProtocol.Value);

    /// <summary>Reads a packet, without the Ethernet header in front.</summary>
    /// <returns>False if it is too short, or not about IPv4 over Ethernet.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ArpPacket packet) =>
        MemoryMarshal.TryRead(bytes, out packet)
        && packet._hardwareType.Value == HardwareEthernet && packet._protocolType.Value == (int)EtherType.Ipv4
        && packet._hardwareLength == MacAddress.Size && packet._protocolLength == 4;

    /// <summary>Writes the packet.</summary>
    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
}
