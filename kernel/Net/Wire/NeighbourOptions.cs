using System;
using System.Buffers.Binary;

namespace Guest.Net.Wire;

/// <summary>The options of a neighbour discovery message (RFC 4861, 4.6): each begins with its type and its length in units of eight bytes.</summary>
public ref struct NeighbourOptions
{
    /// <summary>The sender's link address.</summary>
    public const byte SourceLinkAddress = 1;

    /// <summary>The link address of who was asked for.</summary>
    public const byte TargetLinkAddress = 2;

    /// <summary>A prefix of the link (4.6.2).</summary>
    public const byte PrefixInformation = 3;

    /// <summary>The link's MTU (4.6.4).</summary>
    public const byte Mtu = 5;

    /// <summary>Name servers (RFC 8106, 5.1).</summary>
    public const byte RecursiveNameServers = 25;

    /// <summary>Bytes of an option with a link address of Ethernet.</summary>
    public const int LinkAddressSize = 8;

    private const int Unit = 8;

    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins with the first of some options, which are valid.</summary>
    public NeighbourOptions(ReadOnlySpan<byte> options) => _rest = options;

    /// <summary>Whether every option has a length, and lies within the message (RFC 4861, 6.1 and 7.1).</summary>
    public static bool AreValid(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            if (options.Length < Unit)
                return false;
            int length = options[1] * Unit;
            if (length == 0 || length > options.Length)
                return false;
            options = options[length..];
        }

        return true;
    }

    /// <summary>Takes the next option.</summary>
    /// <param name="option">All of it: the type is its first byte.</param>
    public bool TryTake(out ReadOnlySpan<byte> option)
    {
        option = default;
        if (_rest.IsEmpty)
            return false;
        int length = _rest[1] * Unit;
        option = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>The link address in the first option of a type.</summary>
    /// <returns>Null if there is none, or it is not one host's.</returns>
    public static MacAddress? FindLinkAddress(ReadOnlySpan<byte> options, byte type)
    {
        NeighbourOptions all = new(options);
        while (all.TryTake(out ReadOnlySpan<byte> option))
        {
            if (option[0] != type || option.Length != LinkAddressSize)
                continue;
            MacAddress address = MacAddress.Read(option[2..]);
            return address.IsMulticast || address.Bits == 0 ? null : address;
        }

        return null;
    }

    /// <summary>Writes a link address as an option.</summary>
    public static void WriteLinkAddress(Span<byte> option, byte type, MacAddress address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(option, (ushort)((type << 8) | 1));
        address.Write(option[2..]);
    }
}
