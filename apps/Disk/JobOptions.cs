using System;

namespace DiskJobs;

/// <summary>One job, as the command line asks for it.</summary>
internal sealed class JobOptions(string name)
{
    /// <summary>Which job.</summary>
    public string Name { get; } = name;

    /// <summary>The first byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes; -1 for the rest of the disk.</summary>
    public long Length { get; private set; } = -1;

    /// <summary>Bytes in a request.</summary>
    public long Block { get; private set; } = 4096;

    /// <summary>Requests at once.</summary>
    public long Depth { get; private set; } = 1;

    /// <summary>Requests in all; -1 for as many as cover the range.</summary>
    public long Count { get; private set; } = -1;

    /// <summary>Chooses the data that is written and expected, and the order of random requests.</summary>
    public long Seed { get; private set; } = 1;

    /// <summary>Whether a job that writes makes the data; else it writes what its memory holds, and all its cost is the disk's.</summary>
    public bool Fills { get; private set; } = true;

    /// <summary>Whether requests go to random blocks of the range.</summary>
    public bool IsRandom => Name is "randread" or "randwrite" or "randrw";

    /// <summary>Whether what is read must be what a job that writes, with the same seed, writes there.</summary>
    public bool Verifies => Name is "verify" or "randrw";

    /// <summary>Reads a command line.</summary>
    public static JobOptions[] Parse(ReadOnlySpan<string> words, out string? problem)
    {
        problem = null;
        int count = 0;
        foreach (string word in words)
            count += word.Contains('=') ? 0 : 1;
        JobOptions[] jobs = new JobOptions[count];
        count = 0;
        foreach (string word in words)
        {
            if (!word.Contains('='))
            {
                if (word is not ("read" or "write" or "randread" or "randwrite" or "randrw" or "verify"
                    or "hash" or "flush" or "discard" or "zero"))
                    problem = string.Concat("unknown job ", word);
                jobs[count++] = new JobOptions(word);
            }
            else if (count == 0 || !jobs[count - 1].TrySet(word))
            {
                problem = string.Concat("cannot understand ", word);
            }

            if (problem is not null)
                return [];
        }

        return jobs;
    }

    private static bool TryParseSize(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.IsEmpty)
            return false;
        int shift = text[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        if (shift != 0)
            text = text[..^1];
        if (text.IsEmpty || text.Length > 18)
            return false;
        foreach (char c in text)
        {
            if (c is < '0' or > '9')
                return false;
            value = (value * 10) + (c - '0');
        }

        if (value > long.MaxValue >> shift)
            return false;
        value <<= shift;
        return true;
    }

    private bool TrySet(string word)
    {
        int equals = word.IndexOf('=');
        if (!TryParseSize(word.AsSpan(equals + 1), out long value))
            return false;
        switch (word[..equals])
        {
            case "offset":
                Offset = value;
                return true;
            case "length":
                Length = value;
                return true;
            case "block":
                Block = value;
                return value is > 0 and <= 1 << 26;
            case "depth":
                Depth = value;
                return value is > 0 and <= 256;
            case "count":
                Count = value;
                return true;
            case "seed":
                Seed = value;
                return true;
            case "fill":
                Fills = value != 0;
                return value <= 1;
            default:
                return false;
        }
    }
}
