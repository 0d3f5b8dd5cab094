using System;

namespace Guest.Pv.Virtio;

/// <summary>Where a machine without a bus may have a virtio device: what <c>virtio_mmio.device=</c> on the command line says, or
/// the firmware's tables (LNRO0005).</summary>
/// <param name="Address">The registers' physical address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Line">The interrupt line.</param>
public readonly record struct VirtioMmioSlot(ulong Address, ulong Length, int Line)
{
    /// <summary>Reads <c>SIZE@ADDRESS:LINE[:ID]</c>: numbers decimal or with <c>0x</c>, the size perhaps with K or M behind it.</summary>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out VirtioMmioSlot slot)
    {
        slot = default;
        if (!TryNumber(ref text, out ulong length))
            return false;
        int shift = text.Length == 0 ? 0 : text[0] switch { 'K' or 'k' => 10, 'M' or 'm' => 20, _ => 0 };
        if (shift != 0)
            text = text[1..];
        if (!TrySkip(ref text, '@') || !TryNumber(ref text, out ulong address)
            || !TrySkip(ref text, ':') || !TryNumber(ref text, out ulong line) || line > 255)
            return false;
        if (TrySkip(ref text, ':') && !TryNumber(ref text, out _))
            return false;
        slot = new(address, length << shift, (int)line);
        return text.Length == 0 && length is not 0 and <= int.MaxValue;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.Length == 0 || text[0] != expected)
            return false;
        text = text[1..];
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        uint radix = 10;
        if (text.Length > 2 && text[0] == '0' && text[1] is ('x' or 'X'))
        {
            radix = 16;
            text = text[2..];
        }

        int digits = 0;
        while (digits < text.Length && DigitOf(text[digits]) is uint digit && digit < radix)
        {
            if (value > (ulong.MaxValue - digit) / radix)
                return false;
            value = (value * radix) + digit;
            digits++;
        }

        text = text[digits..];
        return digits != 0;
    }

    private static uint DigitOf(char c) => c switch
    {
        >= '0' and <= '9' => (uint)(c - '0'),
        >= 'a' and <= 'f' => (uint)(c - 'a' + 10),
        >= 'A' and <= 'F' => (uint)(c - 'A' + 10),
        _ => uint.MaxValue,
    };
}
