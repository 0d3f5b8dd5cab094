using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Rig.Qemu;

/// <summary>Makes a kernel's command line of words that a person typed.</summary>
public static class KernelCommandLine
{
    /// <summary>The kernel's own options are words of the form <c>key=value</c>; from the first other word on everything is the application's,
    /// which the kernel finds behind <c>--</c>. That may be written out, and must be if the application's first word looks like an option.</summary>
    public static string Compose(IReadOnlyList<string> words)
    {
        int options = words.TakeWhile(IsOption).Count();
        if (options == words.Count || words[options] == "--")
            return string.Join(' ', words);
        return string.Join(' ', words.Take(options).Append("--").Concat(words.Skip(options)));
    }

    // A word that was quoted may hold several, of which the first is no option: 'write length=1M'.
    private static bool IsOption(string word) => word.Split(' ')[0].IndexOf('=', StringComparison.Ordinal) > 0;
}
