using System;

namespace Guest.Boot;

/// <summary>One word of the command line, taken as Linux takes it (lib/cmdline.c, next_arg), for which loaders and people write it: quotation
/// marks keep what is between them together, and go where they stand around the whole word or around its value. Nothing escapes one, and one
/// that is not closed reaches to the end.</summary>
internal readonly ref struct CommandLineWord
{
    private const char Quote = '"';

    private CommandLineWord(ReadOnlySpan<char> text)
    {
        Text = text;
        bool isQuoted = text[0] == Quote;
        ReadOnlySpan<char> inner = isQuoted ? text[1..] : text;
        int equals = inner.IndexOf('=');
        HasValue = equals >= 0;
        if (!HasValue)
        {
            Key = isQuoted ? WithoutLastQuote(inner) : inner;
            return;
        }

        Key = inner[..equals];
        Value = inner[(equals + 1)..];
        bool isValueQuoted = !Value.IsEmpty && Value[0] == Quote;
        if (isValueQuoted)
            Value = Value[1..];
        if (isQuoted || isValueQuoted)
            Value = WithoutLastQuote(Value);
    }

    /// <summary>The word as it was written.</summary>
    public ReadOnlySpan<char> Text { get; }

    /// <summary>What stands before the first <c>=</c>, or the whole word.</summary>
    public ReadOnlySpan<char> Key { get; }

    /// <summary>What stands behind it.</summary>
    public ReadOnlySpan<char> Value { get; }

    /// <summary>Whether there is a <c>=</c>.</summary>
    public bool HasValue { get; }

    /// <summary>Takes the first word off a line.</summary>
    /// <returns>False if there is none.</returns>
    public static bool TryTake(ref ReadOnlySpan<char> line, out CommandLineWord word)
    {
        word = default;
        while (!line.IsEmpty && IsSpace(line[0]))
            line = line[1..];
        if (line.IsEmpty)
            return false;
        int end = 0;
        for (bool isQuoted = false; end < line.Length && (isQuoted || !IsSpace(line[end])); end++)
            isQuoted ^= line[end] == Quote;
        word = new CommandLineWord(line[..end]);
        line = line[end..];
        return true;
    }

    /// <summary>The word without those quotation marks.</summary>
    public override string ToString() => HasValue ? string.Concat(new string(Key), "=", new string(Value)) : new string(Key);

    private static bool IsSpace(char character) => character is ' ' or '\t';

    private static ReadOnlySpan<char> WithoutLastQuote(ReadOnlySpan<char> text) => !text.IsEmpty && text[^1] == Quote ? text[..^1] : text;
}
