using System;
using System.Buffers.Binary;

namespace Guest.Net.Wire;

/// <summary>A DHCP message that was received (RFC 2131, 2), read in place.</summary>
public readonly ref struct DhcpMessage
{
    /// <summary>The port that servers send from and listen on.</summary>
    public const ushort ServerPort = 67;

    /// <summary>The port that clients send from and listen on.</summary>
    public const ushort ClientPort = 68;

    /// <summary>Bytes before the options: the fixed fields, and the magic cookie.</summary>
    public const int OptionsOffset = 240;

    internal const uint MagicCookie = 0x6382_5363;
    internal const byte BootRequest = 1;
    internal const byte BootReply = 2;
    internal const int TransactionOffset = 4;
    internal const int ClientAddressOffset = 12;
    internal const int YourAddressOffset = 16;
    internal const int HardwareAddressOffset = 28;
    internal const int ServerNameOffset = 44;
    internal const int FileOffset = 108;
    internal const int FileLength = 128;
    internal const int CookieOffset = 236;

    private readonly ReadOnlySpan<byte> _bytes;

    private DhcpMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>xid: what ties an answer to its question.</summary>
    public uint Transaction => BinaryPrimitives.ReadUInt32BigEndian(_bytes[TransactionOffset..]);

    /// <summary>yiaddr: the address that the server gives.</summary>
    public IpAddress YourAddress => IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(_bytes[YourAddressOffset..]));

    /// <summary>chaddr: whom the message is for.</summary>
    public MacAddress HardwareAddress => MacAddress.Read(_bytes[HardwareAddressOffset..]);

    /// <summary>What the message says.</summary>
    public DhcpMessageType Type =>
        TryFind(DhcpOption.MessageType, out ReadOnlySpan<byte> value) && value.Length == 1 && value[0] <= (byte)DhcpMessageType.Release
            ? (DhcpMessageType)value[0]
            : DhcpMessageType.None;

    /// <summary>Reads a server's message.</summary>
    /// <returns>False if it is too short, a client's, not about Ethernet, or not DHCP.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DhcpMessage message)
    {
        message = default;
        if (bytes.Length < OptionsOffset || bytes[0] != BootReply || bytes[1] != 1 || bytes[2] != MacAddress.Size
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CookieOffset..]) != MagicCookie)
            return false;
        message = new DhcpMessage(bytes);
        return true;
    }

    /// <summary>Finds an option, in the fields that RFC 2132, 9.3, lets it overflow into too.</summary>
    public bool TryFind(DhcpOption option, out ReadOnlySpan<byte> value)
    {
        if (TryFind(_bytes[OptionsOffset..], option, out value))
            return true;
        if (!TryFind(_bytes[OptionsOffset..], DhcpOption.OptionOverload, out ReadOnlySpan<byte> overload) || overload.Length != 1)
            return false;
        return ((overload[0] & 1) != 0 && TryFind(_bytes.Slice(FileOffset, FileLength), option, out value))
            || ((overload[0] & 2) != 0 && TryFind(_bytes[ServerNameOffset..FileOffset], option, out value));
    }

    /// <summary>Finds an option that is a number of four bytes: an address, the first of several addresses, or seconds.</summary>
    public bool TryFind(DhcpOption option, out uint value)
    {
        value = 0;
        return TryFind(option, out ReadOnlySpan<byte> bytes) && BinaryPrimitives.TryReadUInt32BigEndian(bytes, out value);
    }

    private static bool TryFind(ReadOnlySpan<byte> options, DhcpOption option, out ReadOnlySpan<byte> value)
    {
        value = default;
        int at = 0;
        while (at < options.Length)
        {
            DhcpOption code = (DhcpOption)options[at++];
            if (code == DhcpOption.Pad)
                continue;
            if (code == DhcpOption.End || at == options.Length)
                return false;
            int length = options[at++];
            if (length > options.Length - at)
                return false;
            if (code == option)
            {
                value = options.Slice(at, length);
                return true;
            }

            at += length;
        }

        return false;
    }
}
