using System;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>The eight bytes with which every ICMP message that the stack knows begins (RFC 792).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct IcmpHeader(IcmpType type, byte code, uint rest)
{
    /// <summary>Bytes in the header.</summary>
    public const int Size = 8;

    /// <summary>Where <see cref="Checksum"/> lies, in bytes.</summary>
    public const int ChecksumOffset = 2;

    /// <summary>The kind of message.</summary>
    public readonly IcmpType Type = type;

    /// <summary>The kind within the kind.</summary>
    public readonly byte Code = code;

    /// <summary>Over the whole message.</summary>
    public readonly BigEndian16 Checksum;

    /// <summary>An echo's identifier and sequence number; a "fragmentation needed" message's next-hop MTU (RFC 1191, 4).</summary>
    public readonly BigEndian32 Rest = BigEndian32.From(rest);

    /// <summary>Reads a header.</summary>
    /// <returns>False if the bytes are too few for it; nothing else is checked.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IcmpHeader header) => MemoryMarshal.TryRead(bytes, out header);

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
}
