using System;
using System.Diagnostics;
using System.Linq;
using Guest.Core.Memory;
using Guest.Fuzz.Inputs;

namespace Guest.Fuzz.Guided;

/// <summary>Runs one input after another through a target, each in memory as new.</summary>
internal sealed class InputRunner(InputTarget target)
{
    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(10);
    private readonly long _mark = DeviceMemory.Mark;

    public InputTarget Target { get; } = target;

    /// <returns>What did not hold, or null.</returns>
    public Exception? Run(ReadOnlySpan<byte> input)
    {
        DeviceMemory.ReturnTo(_mark);
        try
        {
            Target.Run(input);
            return null;
        }
        catch (Exception problem)
        {
            return problem;
        }
    }

    /// <summary>Leaves out of an input what its failure does not need, for as long as there is time.</summary>
    public byte[] Shrink(byte[] input, Exception failure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string kind = KindOf(failure);
        for (int part = Math.Max(1, input.Length / 2); part >= 1; part /= 2)
        {
            for (int at = 0; at < input.Length && watch.Elapsed < s_mostTime;)
            {
                byte[] less = [.. input[..at], .. input[Math.Min(input.Length, at + part)..]];
                if (Run(less) is { } problem && KindOf(problem) == kind)
                    input = less;
                else
                    at += part;
            }
        }

        return input;
    }

    /// <summary>Failures of one kind have one cause, most likely: the exception's type and the innermost line.</summary>
    public static string KindOf(Exception problem) =>
        $"{problem.GetType().Name} {problem.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(" Guest.", StringComparison.Ordinal))?.Trim()}";
}
