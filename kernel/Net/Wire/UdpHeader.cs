using System;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>A UDP header (RFC 768).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct UdpHeader(ushort sourcePort, ushort destinationPort, int length)
{
    /// <summary>Bytes in the header.</summary>
    public const int Size = 8;

    /// <summary>Where <see cref="Checksum"/> lies in the header, in bytes.</summary>
    public const int ChecksumOffset = 6;

    /// <summary>The longest payload that IPv4 can carry: 65,535 less the two headers.</summary>
    public const int MaximumPayload = Ipv4Header.MaximumPacket - Ipv4Header.Size - Size;

    /// <summary>The sender's port.</summary>
    public readonly BigEndian16 SourcePort = BigEndian16.From(sourcePort);

    /// <summary>The receiver's port.</summary>
    public readonly BigEndian16 DestinationPort = BigEndian16.From(destinationPort);

    /// <summary>Bytes in the datagram, this header and all.</summary>
    public readonly BigEndian16 Length = BigEndian16.From(length);

    /// <summary>Over a pseudo-header, this header and the payload; 0 if the sender computed none.</summary>
    public readonly BigEndian16 Checksum;

    /// <summary>Reads a header.</summary>
    /// <returns>False if the bytes are too few for it; nothing else is checked.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UdpHeader header) => MemoryMarshal.TryRead(bytes, out header);

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
}
