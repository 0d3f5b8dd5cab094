using System;

namespace Web;

/// <summary>What the pages contain that are the same for ever.</summary>
internal static class Content
{
    private const int LineLength = 64;

    /// <summary>Lines of letters.</summary>
    public static byte[] Letters(int length)
    {
        byte[] letters = new byte[length];
        for (int i = 0; i < length; i++)
            letters[i] = (byte)(i % LineLength == LineLength - 1 ? '\n' : 'a' + ((i + (i / LineLength)) % 26));
        return letters;
    }

    /// <summary>How the first page looks.</summary>
    public static byte[] Style() =>
        """
        body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; background: #fff; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        table { border-collapse: collapse; min-width: 22rem; }
        td { border-bottom: 1px solid #ddd; padding: .2rem 1.5rem .2rem 0; }
        td + td { text-align: right; font-variant-numeric: tabular-nums; }
        a { color: #06c; }
        @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; } td { border-color: #333; } a { color: #6af; } }

        """u8.ToArray();
}
