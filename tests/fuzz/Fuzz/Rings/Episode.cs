using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Guest.Core.Memory;
using Guest.Fuzz.Guided;

namespace Guest.Fuzz.Rings;

/// <summary>Makes a driver and its far side from a seed, takes some hundred steps, and settles. Each step has a generator of its own, so that
/// steps can be left out and the others stay what they were.</summary>
internal sealed class Episode(DriverKind kind)
{
    /// <summary>Steps of one.</summary>
    public const int Steps = 500;

    private static readonly TimeSpan s_mostTime = TimeSpan.FromSeconds(60);
    private readonly long _mark = DeviceMemory.Mark;
    private int _reached;

    /// <param name="seed">All chance follows from it.</param>
    /// <param name="only">The steps to take, or all.</param>
    /// <param name="trace">Gets what was done.</param>
    /// <returns>What did not hold, or null.</returns>
    public Exception? Run(ulong seed, IReadOnlySet<int>? only, Action<string>? trace = null)
    {
        DeviceMemory.ReturnTo(_mark);
        _reached = 0;
        SharedWords.Begin(seed);
        DriverTarget target = kind.Make();
        target.Trace = trace;
        try
        {
            Random64 random = new(seed);
            target.Begin(ref random);
            for (int i = 0; i < Steps; i++)
            {
                if (only?.Contains(i) == false)
                    continue;
                _reached = i + 1;
                trace?.Invoke($"- step {i}");
                random = new Random64(Random64.Mix(seed, (ulong)i + 1));
                target.Step(ref random);
            }

            trace?.Invoke("- settle");
            SharedWords.Lie(0);
            random = new Random64(Random64.Mix(seed, 0));
            target.Settle(ref random);
            return null;
        }
        catch (Exception problem)
        {
            return problem;
        }
    }

    /// <summary>Leaves out steps for as long as it fails in the same way, and there is time.</summary>
    public IReadOnlyList<int> Shrink(ulong seed, Exception failure, Watchdog? watchdog = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string how = InputRunner.KindOf(failure);
        List<int> steps = [.. Enumerable.Range(0, _reached)];
        for (int part = Math.Max(1, steps.Count / 2); part >= 1; part /= 2)
        {
            for (int at = 0; at < steps.Count && watch.Elapsed < s_mostTime;)
            {
                watchdog?.Restart();
                List<int> fewer = [.. steps[..at], .. steps[Math.Min(steps.Count, at + part)..]];
                if (Run(seed, fewer.ToHashSet()) is { } problem && InputRunner.KindOf(problem) == how)
                    steps = fewer;
                else
                    at += part;
            }
        }

        return steps;
    }
}
