using System;

namespace Guest.Core.Aml;

/// <summary>Who made a device and what it is (ACPI 6.5, 6.1.5): <c>PNP0A03</c>, <c>LNRO0005</c>. Up to eight letters in one number.</summary>
internal readonly record struct AmlId(ulong Letters)
{
    /// <summary>Takes an identifier that is written out; a longer one becomes none.</summary>
    public static AmlId FromText(ReadOnlySpan<byte> text)
    {
        ulong letters = 0;
        if (text.Length > sizeof(ulong))
            return default;
        for (int i = 0; i < text.Length; i++)
            letters |= (ulong)text[i] << (8 * i);
        return new(letters);
    }

    /// <summary>Takes an identifier that is packed into 32 bits (19.3.4): three letters of five bits, four hexadecimal digits.</summary>
    public static AmlId FromPacked(uint packed)
    {
        uint swapped = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(packed);
        Span<byte> text = stackalloc byte[7];
        for (int i = 0; i < 3; i++)
            text[i] = (byte)('@' + ((swapped >> (26 - (5 * i))) & 0x1f));
        for (int i = 0; i < 4; i++)
        {
            uint digit = (swapped >> (12 - (4 * i))) & 0xf;
            text[3 + i] = (byte)(digit < 10 ? '0' + digit : 'A' + digit - 10);
        }

        return FromText(text);
    }
}
