namespace System;

/// <remarks>Parts of a string. All comparisons are of UTF-16 units.</remarks>
public sealed partial class String
{
    public string Substring(int startIndex) => Substring(startIndex, Length - startIndex);

    public string Substring(int startIndex, int length) =>
        startIndex == 0 && length == Length ? this : new string(AsReadOnlySpan().Slice(startIndex, length));

    public int IndexOf(char value) => AsReadOnlySpan().IndexOf(value);

    public int IndexOf(char value, int startIndex)
    {
        int found = AsReadOnlySpan()[startIndex..].IndexOf(value);
        return found < 0 ? -1 : found + startIndex;
    }

    public int IndexOf(string value) => AsReadOnlySpan().IndexOf(value.AsSpan());

    public int IndexOf(string value, StringComparison comparisonType) => comparisonType == StringComparison.Ordinal
        ? IndexOf(value)
        : ToLowerInvariant().IndexOf(value.ToLowerInvariant());

    public int LastIndexOf(char value) => AsReadOnlySpan().LastIndexOf(value);

    public bool Contains(char value) => IndexOf(value) >= 0;

    public bool Contains(string value) => IndexOf(value) >= 0;

    public bool StartsWith(char value) => Length > 0 && this[0] == value;

    public bool StartsWith(string value) => AsReadOnlySpan().StartsWith(value.AsSpan());

    public bool StartsWith(string value, StringComparison comparisonType) =>
        Length >= value.Length && AsReadOnlySpan()[..value.Length].Equals(value, comparisonType);

    public bool EndsWith(char value) => Length > 0 && this[^1] == value;

    public bool EndsWith(string value) => AsReadOnlySpan().EndsWith(value.AsSpan());

    public bool EndsWith(string value, StringComparison comparisonType) =>
        Length >= value.Length && AsReadOnlySpan()[^value.Length..].Equals(value, comparisonType);

    public string Trim() => new(AsReadOnlySpan().Trim());

    public string TrimStart() => new(AsReadOnlySpan().TrimStart());

    public string TrimEnd() => new(AsReadOnlySpan().TrimEnd());

    public string ToLowerInvariant()
    {
        string result = new(AsReadOnlySpan());
        foreach (ref char c in new Span<char>(ref result._firstChar, result.Length))
            c = char.ToLowerInvariant(c);
        return result;
    }

    public string ToUpperInvariant()
    {
        string result = new(AsReadOnlySpan());
        foreach (ref char c in new Span<char>(ref result._firstChar, result.Length))
            c = char.ToUpperInvariant(c);
        return result;
    }

    public char[] ToCharArray() => AsReadOnlySpan().ToArray();

    public void CopyTo(Span<char> destination) => AsReadOnlySpan().CopyTo(destination);

    public bool TryCopyTo(Span<char> destination) => AsReadOnlySpan().TryCopyTo(destination);

    public string[] Split(char separator, StringSplitOptions options = StringSplitOptions.None)
    {
        string[] parts = new string[Split(separator, options, null)];
        Split(separator, options, parts);
        return parts;
    }

    /// <summary>Counts the parts, and puts them into <paramref name="parts"/> if there is one.</summary>
    private int Split(char separator, StringSplitOptions options, string[]? parts)
    {
        int count = 0;
        ReadOnlySpan<char> rest = AsReadOnlySpan();
        for (bool more = true; more;)
        {
            int end = rest.IndexOf(separator);
            more = end >= 0;
            ReadOnlySpan<char> part = more ? rest[..end] : rest;
            rest = more ? rest[(end + 1)..] : default;
            if ((options & StringSplitOptions.TrimEntries) != 0)
                part = part.Trim();
            if (part.IsEmpty && (options & StringSplitOptions.RemoveEmptyEntries) != 0)
                continue;
            if (parts is not null)
                parts[count] = new string(part);
            count++;
        }

        return count;
    }
}
