using System;
using System.Buffers.Binary;

namespace Guest.Net.Wire;

/// <summary>An 802.1Q tag (IEEE 802.1Q, 9.6): four bytes between a frame's addresses and its type.</summary>
public static class VlanTag
{
    /// <summary>Bytes in a tag.</summary>
    public const int Size = 4;

    private const int AddressesSize = 2 * MacAddress.Size;
    private const int VlanMask = 0xfff;

    /// <summary>The VLAN of a tagged frame; 0 for none: the tag then gives a priority alone.</summary>
    /// <param name="frame">The frame, of at least <see cref="EthernetHeader.Size"/> + <see cref="Size"/> bytes.</param>
    public static int Vlan(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.Size..]) & VlanMask;

    /// <summary>Moves a frame's addresses over its tag: the frame without it begins <see cref="Size"/> bytes later.</summary>
    public static void Remove(Span<byte> frame) => frame[..AddressesSize].CopyTo(frame[Size..]);
}
