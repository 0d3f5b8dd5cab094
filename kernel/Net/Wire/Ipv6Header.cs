using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>An IPv6 header (RFC 8200, 3). What extends it stands behind it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Ipv6Header
{
    /// <summary>Bytes in the header.</summary>
    public const int Size = 40;

    /// <summary>The longest payload, extension headers and all, without a jumbogram's option.</summary>
    public const int MaximumPayload = 65_535;

    /// <summary>The longest packet that every link carries (RFC 8200, 5).</summary>
    public const int MinimumMtu = 1280;

    /// <summary>Where <see cref="NextHeader"/> lies, in bytes.</summary>
    public const int NextHeaderOffset = 6;

    private const byte Version6 = 0x60;

    /// <summary>Makes a header of traffic class 0 and no flow.</summary>
    public Ipv6Header(int payloadLength, IpProtocol nextHeader, byte hopLimit, IpAddress source, IpAddress destination)
    {
        _version = Version6;
        PayloadLength = BigEndian16.From(payloadLength);
        NextHeader = nextHeader;
        HopLimit = hopLimit;
        Source = source;
        Destination = destination;
    }

    private readonly byte _version;
    private readonly byte _class;
    private readonly ushort _flow;

    /// <summary>Bytes behind this header.</summary>
    public readonly BigEndian16 PayloadLength;

    /// <summary>What stands behind this header.</summary>
    public readonly IpProtocol NextHeader;

    /// <summary>Hops that are left.</summary>
    public readonly byte HopLimit;

    /// <summary>The sender.</summary>
    public readonly IpAddress Source;

    /// <summary>The receiver.</summary>
    public readonly IpAddress Destination;

    /// <summary>The version field.</summary>
    public int Version
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _version >> 4;
    }

    /// <summary>Reads a header.</summary>
    /// <returns>False if the bytes are too few for it; nothing else is checked.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv6Header header) => MemoryMarshal.TryRead(bytes, out header);

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
}
