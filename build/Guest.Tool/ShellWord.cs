using System;
using System.Linq;

namespace Guest.Tool;

/// <summary>Words of a command that a person copies into a shell.</summary>
internal static class ShellWord
{
    /// <summary>A word as the shell reads it back: as it is, or in quotes where it holds what a shell would take apart.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || "/._-+:,@%=".Contains(character, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
