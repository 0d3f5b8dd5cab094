using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>An Ethernet II header (IEEE 802.3, 3.1.1; RFC 894): two addresses and what follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct EthernetHeader
{
    /// <summary>Bytes in the header.</summary>
    public const int Size = 14;

    private readonly uint _destination0;
    private readonly ushort _destination4;
    private readonly ushort _source0;
    private readonly uint _source2;
    private readonly BigEndian16 _type;

    /// <summary>Makes a header.</summary>
    public EthernetHeader(MacAddress destination, MacAddress source, EtherType type)
    {
        ulong to = ToRaw(destination);
        ulong from = ToRaw(source);
        _destination0 = (uint)to;
        _destination4 = (ushort)(to >> 32);
        _source0 = (ushort)from;
        _source2 = (uint)(from >> 16);
        _type = BigEndian16.From((int)type);
    }

    /// <summary>Who is to receive the frame.</summary>
    public MacAddress Destination => FromRaw(RawDestination);

    /// <summary>Who sent it.</summary>
    public MacAddress Source => FromRaw(_source0 | ((ulong)_source2 << 16));

    /// <summary>What the frame carries.</summary>
    public EtherType Type => (EtherType)_type.Value;

    /// <summary>The type as it lies in the frame, to be compared with a constant's <see cref="BigEndian16"/>.</summary>
    internal BigEndian16 RawType => _type;

    /// <summary>The destination's bytes as the processor loads them, to be compared with <see cref="ToRaw"/>; bit 0 is the group
    /// bit.</summary>
    public ulong RawDestination
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _destination0 | ((ulong)_destination4 << 32);
    }

    /// <summary>Reads a header from the front of a frame.</summary>
    /// <returns>False if the frame is too short for one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out EthernetHeader header) => MemoryMarshal.TryRead(frame, out header);

    /// <summary>Writes the header to the front of a frame.</summary>
    public void Write(Span<byte> frame) => MemoryMarshal.Write(frame, in this);

    /// <summary>An address as the processor loads its six bytes.</summary>
    public static ulong ToRaw(MacAddress address) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(address.Bits << 16);

    /// <summary>The reverse of <see cref="ToRaw"/>.</summary>
    public static MacAddress FromRaw(ulong raw) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(raw) >> 16);
}
