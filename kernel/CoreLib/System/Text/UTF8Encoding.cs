namespace System.Text;

/// <summary>UTF-8 (RFC 3629). A malformed sequence or a lone surrogate becomes U+FFFD.</summary>
internal sealed class UTF8Encoding : Encoding
{
    private const char Replacement = '\ufffd';

    public override int GetByteCount(ReadOnlySpan<char> chars)
    {
        int count = 0;
        while (!chars.IsEmpty)
            count += LengthOf(TakeScalar(ref chars));
        return count;
    }

    public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
    {
        int at = 0;
        while (!chars.IsEmpty)
        {
            uint scalar = TakeScalar(ref chars);
            int length = LengthOf(scalar);
            if (bytes.Length - at < length)
                ThrowHelper.DestinationTooShort();
            if (length == 1)
            {
                bytes[at++] = (byte)scalar;
                continue;
            }

            for (int i = length - 1; i > 0; i--)
            {
                bytes[at + i] = (byte)(0x80 | (scalar & 0x3f));
                scalar >>= 6;
            }

            bytes[at] = (byte)((0xf00u >> length) | scalar); // As many leading ones as there are bytes.
            at += length;
        }

        return at;
    }

    public override int GetCharCount(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        while (!bytes.IsEmpty)
            count += TakeScalar(ref bytes) > 0xffff ? 2 : 1;
        return count;
    }

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        int at = 0;
        while (!bytes.IsEmpty)
        {
            uint scalar = TakeScalar(ref bytes);
            if (chars.Length - at < (scalar > 0xffff ? 2 : 1))
                ThrowHelper.DestinationTooShort();
            if (scalar > 0xffff)
            {
                chars[at++] = (char)(0xd800 + ((scalar - 0x10000) >> 10));
                scalar = 0xdc00 + (scalar & 0x3ff);
            }

            chars[at++] = (char)scalar;
        }

        return at;
    }

    private static int LengthOf(uint scalar) => scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;

    private static uint TakeScalar(ref ReadOnlySpan<char> chars)
    {
        uint first = chars[0];
        chars = chars[1..];
        if (first is < 0xd800 or > 0xdfff)
            return first;
        if (first > 0xdbff || chars.IsEmpty || chars[0] is < '\udc00' or > '\udfff')
            return Replacement;
        uint second = chars[0];
        chars = chars[1..];
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }

    /// <summary>Takes one character's bytes, or as many as begin one and then break off (Unicode 16.0, 3.9, table 3-7).</summary>
    private static uint TakeScalar(ref ReadOnlySpan<byte> bytes)
    {
        uint first = bytes[0];
        bytes = bytes[1..];
        int more = first < 0x80 ? 0 : first is >= 0xc2 and <= 0xdf ? 1 : first is >= 0xe0 and <= 0xef ? 2 : first is >= 0xf0 and <= 0xf4 ? 3 : -1;
        if (more <= 0)
            return more == 0 ? first : Replacement;

        // The second byte's range is narrower after some first bytes: no overlong forms, no surrogates, nothing above U+10FFFF.
        uint least = first == 0xe0 ? 0xa0u : first == 0xf0 ? 0x90u : 0x80u;
        uint most = first == 0xed ? 0x9fu : first == 0xf4 ? 0x8fu : 0xbfu;
        uint scalar = first & (0x3fu >> more);
        for (; more > 0; more--)
        {
            if (bytes.IsEmpty || bytes[0] < least || bytes[0] > most)
                return Replacement;
            scalar = (scalar << 6) | (bytes[0] & 0x3fu);
            bytes = bytes[1..];
            least = 0x80;
            most = 0xbf;
        }

        return scalar;
    }
}
