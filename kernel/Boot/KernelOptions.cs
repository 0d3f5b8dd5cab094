using System;
using Guest.Core.Diagnostics;

namespace Guest.Boot;

/// <summary>The kernel's command line: <c>key=value</c> words, and after <c>--</c> the application's.</summary>
/// <remarks>Every key is checked: an unknown one, or a value that means nothing, is an error with a message, never silence.</remarks>
internal sealed class KernelOptions
{
    /// <summary>The keys there are, for the error message.</summary>
    public const string KnownKeys = "ip=, gateway=, dns=, net=, disk=, log=, virtio_mmio.device=";

    /// <summary><c>net=</c>: which driver takes the network card.</summary>
    public string Network { get; private set; } = "auto";

    /// <summary><c>disk=</c>: which driver takes the disk.</summary>
    public string Disk { get; private set; } = "auto";

    /// <summary><c>ip=</c>: <c>dhcp</c>, or an address with a prefix length.</summary>
    public string Address { get; private set; } = "dhcp";

    /// <summary><c>gateway=</c>, or null.</summary>
    public string? Gateway { get; private set; }

    /// <summary><c>dns=</c>, or null.</summary>
    public string? NameServer { get; private set; }

    /// <summary><c>log=</c>.</summary>
    public LogLevel LogLevel { get; private set; } = LogLevel.Info;

    /// <summary>What stands behind <c>--</c>.</summary>
    public string[] ApplicationArguments { get; private set; } = [];

    /// <summary>What was wrong, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads a command line; the result's <see cref="Error"/> says what was wrong with it, if anything.</summary>
    public static KernelOptions Parse(ReadOnlySpan<char> line)
    {
        KernelOptions options = new();
        Span<Range> words = stackalloc Range[64];
        int count = SplitWords(line, words);
        for (int i = 0; i < count && options.Error is null; i++)
        {
            ReadOnlySpan<char> word = line[words[i]];
            if (word is "--")
            {
                options.ApplicationArguments = Strings(line, words[(i + 1)..count]);
                break;
            }

            options.Apply(word);
        }

        return options;
    }

    private static int SplitWords(ReadOnlySpan<char> line, Span<Range> words)
    {
        int count = 0;
        int at = 0;
        while (at < line.Length && count < words.Length)
        {
            if (line[at] is ' ' or '\t')
            {
                at++;
                continue;
            }

            int start = at;
            while (at < line.Length && line[at] is not (' ' or '\t'))
                at++;
            words[count++] = start..at;
        }

        return count;
    }

    private static string[] Strings(ReadOnlySpan<char> line, ReadOnlySpan<Range> words)
    {
        string[] strings = new string[words.Length];
        for (int i = 0; i < words.Length; i++)
            strings[i] = new string(line[words[i]]);
        return strings;
    }

    private void Apply(ReadOnlySpan<char> word)
    {
        int equals = word.IndexOf('=');
        if (equals <= 0 || equals == word.Length - 1)
        {
            Error = string.Concat("option '", new string(word), "' is not of the form key=value; known keys: " + KnownKeys);
            return;
        }

        string key = new(word[..equals]);
        string value = new(word[(equals + 1)..]);
        switch (key)
        {
            case "ip":
                Address = value;
                break;
            case "gateway":
                Gateway = value;
                break;
            case "dns":
                NameServer = value;
                break;
            case "net":
                Network = value;
                break;
            case "disk":
                Disk = value;
                break;
            case "log":
                SetLogLevel(value);
                break;
            default:
                Error = string.Concat("unknown option '", key, "='; known keys: " + KnownKeys);
                break;
        }
    }

    private void SetLogLevel(string value)
    {
        switch (value)
        {
            case "warn":
                LogLevel = LogLevel.Warn;
                break;
            case "info":
                LogLevel = LogLevel.Info;
                break;
            case "debug":
                LogLevel = LogLevel.Debug;
                break;
            default:
                Error = string.Concat("log=", value, " is none of warn, info, debug");
                break;
        }
    }
}
