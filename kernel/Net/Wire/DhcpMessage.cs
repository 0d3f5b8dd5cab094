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
    public DhcpMessageType Type
    {
        get
        {
            Span<byte> value = stackalloc byte[2];
            bool isKnown = TryGather(DhcpOption.MessageType, value, out int length) && length == 1 && value[0] <= (byte)DhcpMessageType.Release;
            return isKnown ? (DhcpMessageType)value[0] : DhcpMessageType.None;
        }
    }

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

    /// <summary>Finds an option that is a number of four bytes: an address, the first of several addresses, or seconds.</summary>
    public bool TryFind(DhcpOption option, out uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        bool found = TryGather(option, bytes, out int length) && length == bytes.Length;
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
        return found;
    }

    /// <summary>Puts together an option that may come in several parts (RFC 3396), in the order in which they stand.</summary>
    /// <param name="option">The option.</param>
    /// <param name="destination">Where its bytes go, as many as fit.</param>
    /// <param name="length">How many that are.</param>
    /// <returns>False if the option is not there, or empty.</returns>
    public bool TryGather(DhcpOption option, Span<byte> destination, out int length)
    {
        length = 0;
        int overload = TryFind(_bytes[OptionsOffset..], DhcpOption.OptionOverload, out ReadOnlySpan<byte> value) && value.Length == 1 ? value[0] : 0;
        Gather(_bytes[OptionsOffset..], option, destination, ref length);
        if ((overload & 1) != 0)
            Gather(_bytes.Slice(FileOffset, FileLength), option, destination, ref length);
        if ((overload & 2) != 0)
            Gather(_bytes[ServerNameOffset..FileOffset], option, destination, ref length);
        return length != 0;
    }

    private static void Gather(ReadOnlySpan<byte> options, DhcpOption option, Span<byte> destination, ref int length)
    {
        while (TryFind(options, option, out ReadOnlySpan<byte> part, out int next))
        {
            part = part[..Math.Min(part.Length, destination.Length - length)];
            part.CopyTo(destination[length..]);
            length += part.Length;
            options = options[next..];
        }
    }

    private static bool TryFind(ReadOnlySpan<byte> options, DhcpOption option, out ReadOnlySpan<byte> value) =>
        TryFind(options, option, out value, out _);

    private static bool TryFind(ReadOnlySpan<byte> options, DhcpOption option, out ReadOnlySpan<byte> value, out int next)
    {
        value = default;
        next = 0;
        while (next < options.Length)
        {
            DhcpOption code = (DhcpOption)options[next++];
            if (code == DhcpOption.Pad)
                continue;
            if (code == DhcpOption.End || next == options.Length)
                return false;
            int length = options[next++];
            if (length > options.Length - next)
                return false;
            next += length;
            if (code != option)
                continue;
            value = options.Slice(next - length, length);
            return true;
        }

        return false;
    }
}
