using System;
using System.Buffers.Binary;

namespace Guest.Net;

/// <summary>An Ethernet address (IEEE 802), six bytes in transmission order, as the low 48 bits of a number: the first byte sent is
/// the most significant.</summary>
public readonly record struct MacAddress(ulong Bits)
{
    /// <summary>The number of bytes.</summary>
    public const int Size = 6;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xffff_ffff_ffff);

    /// <summary>Whether the group bit is set; true for broadcast too.</summary>
    public bool IsMulticast => (Bits & 0x0100_0000_0000) != 0;

    /// <summary>Reads the first six bytes of <paramref name="bytes"/>.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));

    /// <summary>Makes one from a register that holds the first byte in its lowest bits.</summary>
    public static MacAddress FromLittleEndian(ulong bits) => new(BinaryPrimitives.ReverseEndianness(bits) >> 16);

    /// <summary>Writes six bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(Bits >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)Bits);
    }

    /// <summary>The bytes in which <see cref="Format"/> fits.</summary>
    public const int TextCapacity = 17;

    /// <summary>Writes <c>52:54:00:12:34:56</c> and returns what was written.</summary>
    public ReadOnlySpan<byte> Format(Span<byte> destination)
    {
        for (int i = 0; i < Size; i++)
        {
            int value = (int)(Bits >> (8 * (Size - 1 - i))) & 0xff;
            destination[i * 3] = "0123456789abcdef"u8[value >> 4];
            destination[(i * 3) + 1] = "0123456789abcdef"u8[value & 15];
            if (i < Size - 1)
                destination[(i * 3) + 2] = (byte)':';
        }

        return destination[..TextCapacity];
    }
}
