using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>The fixed part of an IPv4 header (RFC 791, 3.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Ipv4Header
{
    /// <summary>Bytes in a header without options.</summary>
    public const int Size = 20;

    /// <summary>The longest packet, header and all.</summary>
    public const int MaximumPacket = 65_535;

    /// <summary>Version 4 and five words of header: every packet without options begins with this byte.</summary>
    public const byte WithoutOptions = 0x45;

    /// <summary>"Don't fragment", in <see cref="FlagsAndOffset"/>.</summary>
    public const ushort DontFragment = 0x4000;

    /// <summary>"More fragments", in <see cref="FlagsAndOffset"/>.</summary>
    public const ushort MoreFragments = 0x2000;

    /// <summary>The fragment offset's bits, in units of eight bytes, in <see cref="FlagsAndOffset"/>.</summary>
    public const ushort OffsetMask = 0x1fff;

    /// <summary>"ECN-capable transport (0)", in <see cref="TypeOfService"/> (RFC 3168, 5).</summary>
    public const byte EcnCapable = 2;

    /// <summary>"Congestion experienced", in <see cref="TypeOfService"/> (RFC 3168, 5).</summary>
    public const byte CongestionExperienced = 3;

    /// <summary>Makes a header without options whose checksum is right.</summary>
    public Ipv4Header(int totalLength, ushort identification, ushort flagsAndOffset, byte timeToLive, IpProtocol protocol, IpAddress source, IpAddress destination)
    {
        VersionAndLength = WithoutOptions;
        TypeOfService = 0;
        TotalLength = BigEndian16.From(totalLength);
        Identification = BigEndian16.From(identification);
        FlagsAndOffset = BigEndian16.From(flagsAndOffset);
        TimeToLive = timeToLive;
        Protocol = protocol;
        Checksum = default;
        Source = BigEndian32.From(source.Ipv4);
        Destination = BigEndian32.From(destination.Ipv4);
        Checksum = new BigEndian16((ushort)~InternetChecksum.Fold(SumWords()));
    }

    /// <summary>Version (4 bits) and IHL, the header's length in 32-bit words (4 bits).</summary>
    public readonly byte VersionAndLength;

    /// <summary>Differentiated services (RFC 2474) and ECN (RFC 3168).</summary>
    public readonly byte TypeOfService;

    /// <summary>Bytes in the packet, header and all.</summary>
    public readonly BigEndian16 TotalLength;

    /// <summary>What the fragments of one datagram have in common.</summary>
    public readonly BigEndian16 Identification;

    /// <summary>Three flags and the fragment's offset.</summary>
    public readonly BigEndian16 FlagsAndOffset;

    /// <summary>Hops that are left.</summary>
    public readonly byte TimeToLive;

    /// <summary>What the packet carries.</summary>
    public readonly IpProtocol Protocol;

    /// <summary>Over the header alone.</summary>
    public readonly BigEndian16 Checksum;

    /// <summary>The sender.</summary>
    public readonly BigEndian32 Source;

    /// <summary>The receiver.</summary>
    public readonly BigEndian32 Destination;

    /// <summary>Bytes in the header, options and all, as it claims: 0 to 60.</summary>
    public int HeaderLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (VersionAndLength & 15) * 4;
    }

    /// <summary>The version field.</summary>
    public int Version => VersionAndLength >> 4;

    /// <summary>Whether this is a part of a larger datagram.</summary>
    public bool IsFragment => (FlagsAndOffset.Value & (MoreFragments | OffsetMask)) != 0;

    /// <summary>Where in the datagram's payload this fragment begins, in bytes.</summary>
    public int FragmentOffset => (FlagsAndOffset.Value & OffsetMask) * 8;

    /// <summary>Whether another fragment follows this one.</summary>
    public bool HasMoreFragments => (FlagsAndOffset.Value & MoreFragments) != 0;

    /// <summary>Reads the fixed part of a header.</summary>
    /// <returns>False if the bytes are too few for it, or for the length that it claims; nothing else is checked.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4Header header) =>
        MemoryMarshal.TryRead(bytes, out header) && header.HeaderLength >= Size && header.HeaderLength <= bytes.Length;

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    /// <summary>The unfolded sum of the fixed part; 0xffff when folded, if there are no options and the checksum is right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong SumWords() =>
        ((ulong)VersionAndLength | ((uint)TypeOfService << 8)) + TotalLength.Raw + Identification.Raw + FlagsAndOffset.Raw
        + (TimeToLive | ((uint)Protocol << 8)) + Checksum.Raw + Source.Raw + Destination.Raw;
}
