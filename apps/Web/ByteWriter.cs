using System;

namespace Web;

/// <summary>Text in the making, as bytes, in an array that is used again and again. What does not fit is left out.</summary>
internal sealed class ByteWriter(int capacity)
{
    private const int LongestNumber = 20;

    private readonly byte[] _bytes = new byte[capacity];

    /// <summary>How much there is.</summary>
    public int Length { get; private set; }

    /// <summary>How much still fits.</summary>
    public int Room => _bytes.Length - Length;

    /// <summary>What there is.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
            bytes = bytes[..Room];
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Adds text, which is ASCII.</summary>
    public void Append(string text)
    {
        foreach (char c in text)
        {
            if (Room != 0)
                _bytes[Length++] = (byte)c;
        }
    }

    /// <summary>Adds a number in decimal digits.</summary>
    public void Append(long number)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        number.TryFormat(digits, out int length);
        Append(digits[..length]);
    }
}
