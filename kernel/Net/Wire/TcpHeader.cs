using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>The fixed part of a TCP header (RFC 9293, 3.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct TcpHeader
{
    /// <summary>Bytes in a header without options.</summary>
    public const int Size = 20;

    /// <summary>Bytes in the longest header: fifteen words.</summary>
    public const int LongestSize = 60;

    /// <summary>Where <see cref="Checksum"/> lies in the header, in bytes.</summary>
    public const int ChecksumOffset = 16;

    /// <summary>The sender's port.</summary>
    public readonly BigEndian16 SourcePort;

    /// <summary>The receiver's port.</summary>
    public readonly BigEndian16 DestinationPort;

    /// <summary>The number of the first byte of the payload, or of the SYN.</summary>
    public readonly BigEndian32 Sequence;

    /// <summary>The number of the byte that is expected next, if <see cref="TcpFlags.Ack"/> is set.</summary>
    public readonly BigEndian32 Acknowledgement;

    private readonly byte _dataOffset;

    /// <summary>The control bits.</summary>
    public readonly TcpFlags Flags;

    /// <summary>How much may be sent from the acknowledgement number on, not yet scaled (RFC 7323, 2.3).</summary>
    public readonly BigEndian16 Window;

    /// <summary>Over a pseudo-header, this header, its options and the payload.</summary>
    public readonly BigEndian16 Checksum;

    /// <summary>Where urgent data ends, if <see cref="TcpFlags.Urg"/> is set.</summary>
    public readonly BigEndian16 UrgentPointer;

    /// <summary>Bytes in the header, options and all, as it claims: 0 to 60.</summary>
    public int HeaderLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_dataOffset >> 4) * 4;
    }

    /// <summary>Reads the fixed part of a header.</summary>
    /// <returns>False if the bytes are too few for it, or for the length that it claims; nothing else is checked.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader header) =>
        MemoryMarshal.TryRead(bytes, out header) && header.HeaderLength >= Size && header.HeaderLength <= bytes.Length;
}
