namespace System.Text;

/// <summary>Text as bytes: <see cref="UTF8"/> and <see cref="ASCII"/>. What is malformed, or does not exist in the encoding, becomes a
/// replacement character.</summary>
public abstract class Encoding
{
    public static Encoding UTF8 { get; } = new UTF8Encoding();

    public static Encoding ASCII { get; } = new ASCIIEncoding();

    public abstract int GetByteCount(ReadOnlySpan<char> chars);

    public abstract int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes);

    public abstract int GetCharCount(ReadOnlySpan<byte> bytes);

    public abstract int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars);

    public int GetByteCount(string s) => GetByteCount(s.AsSpan());

    public int GetBytes(string s, Span<byte> bytes) => GetBytes(s.AsSpan(), bytes);

    public byte[] GetBytes(string s)
    {
        byte[] bytes = new byte[GetByteCount(s)];
        GetBytes(s, bytes);
        return bytes;
    }

    public byte[] GetBytes(char[] chars)
    {
        byte[] bytes = new byte[GetByteCount(chars.AsSpan())];
        GetBytes(chars.AsSpan(), bytes);
        return bytes;
    }

    public string GetString(ReadOnlySpan<byte> bytes)
    {
        string text = string.Allocate(GetCharCount(bytes));
        GetChars(bytes, new Span<char>(ref text.FirstChar, text.Length));
        return text;
    }

    public string GetString(byte[] bytes) => GetString(bytes.AsSpan());

    public string GetString(byte[] bytes, int index, int count) => GetString(bytes.AsSpan(index, count));
}
