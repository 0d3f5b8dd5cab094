using System;

namespace Guest.Fuzz.Inputs;

/// <summary>Takes an input apart. Behind its end everything is zero.</summary>
internal ref struct InputReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte()
    {
        if (_rest.IsEmpty)
            return 0;
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    /// <summary>Two bytes, the lower one first.</summary>
    public int Word() => Byte() | (Byte() << 8);

    /// <summary>As many bytes as there are, at most so many.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _rest[..Math.Min(count, _rest.Length)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
