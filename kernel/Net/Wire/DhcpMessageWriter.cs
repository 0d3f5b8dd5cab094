using System;
using System.Buffers.Binary;

namespace Guest.Net.Wire;

/// <summary>Writes a client's DHCP message (RFC 2131, 2; options as RFC 2132 lays them out).</summary>
public ref struct DhcpMessageWriter
{
    /// <summary>RFC 1542, 2.1: relays may drop what is shorter than BOOTP's 300 bytes.</summary>
    private const int LeastLength = 300;

    private readonly Span<byte> _bytes;
    private int _at;

    /// <summary>Writes the fixed part and the message's type.</summary>
    /// <param name="bytes">Where it goes; 576 bytes are enough.</param>
    /// <param name="type">What the message says.</param>
    /// <param name="transaction">xid.</param>
    /// <param name="seconds">secs: how long the client has been trying.</param>
    /// <param name="hardware">chaddr.</param>
    /// <param name="clientAddress">ciaddr: the address that the client uses already, or 0.0.0.0.</param>
    public DhcpMessageWriter(Span<byte> bytes, DhcpMessageType type, uint transaction, ushort seconds, MacAddress hardware, IpAddress clientAddress)
    {
        _bytes = bytes;
        bytes[..LeastLength].Clear();
        bytes[0] = DhcpMessage.BootRequest;
        bytes[1] = 1;
        bytes[2] = MacAddress.Size;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DhcpMessage.TransactionOffset..], transaction);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], seconds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DhcpMessage.ClientAddressOffset..], clientAddress.Ipv4);
        hardware.Write(bytes[DhcpMessage.HardwareAddressOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DhcpMessage.CookieOffset..], DhcpMessage.MagicCookie);
        _at = DhcpMessage.OptionsOffset;
        Append(DhcpOption.MessageType, [(byte)type]);
    }

    /// <summary>Appends an option.</summary>
    public void Append(DhcpOption option, scoped ReadOnlySpan<byte> value)
    {
        _bytes[_at++] = (byte)option;
        _bytes[_at++] = (byte)value.Length;
        value.CopyTo(_bytes[_at..]);
        _at += value.Length;
    }

    /// <summary>Appends an option that is an IPv4 address.</summary>
    public void Append(DhcpOption option, IpAddress address)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, address.Ipv4);
        Append(option, value);
    }

    /// <summary>Ends the message.</summary>
    /// <returns>Its length.</returns>
    public int Finish()
    {
        _bytes[_at++] = (byte)DhcpOption.End;
        return Math.Max(_at, LeastLength);
    }
}
