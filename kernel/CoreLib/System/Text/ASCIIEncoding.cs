namespace System.Text;

/// <summary>Seven bits a character; anything else is a question mark.</summary>
internal sealed class ASCIIEncoding : Encoding
{
    public override int GetByteCount(ReadOnlySpan<char> chars) => chars.Length;

    public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
    {
        if (chars.Length > bytes.Length)
            ThrowHelper.DestinationTooShort();
        for (int i = 0; i < chars.Length; i++)
            bytes[i] = chars[i] < 128 ? (byte)chars[i] : (byte)'?';
        return chars.Length;
    }

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        if (bytes.Length > chars.Length)
            ThrowHelper.DestinationTooShort();
        for (int i = 0; i < bytes.Length; i++)
            chars[i] = bytes[i] < 128 ? (char)bytes[i] : '?';
        return bytes.Length;
    }
}
