using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Guest.Core.Memory;
using Guest.Fuzz.Guided;
using Guest.Tool.Commands;

namespace Guest.Fuzz.Rings;

/// <summary>One call of the fuzzer for a driver: episodes, each of which follows from its seed alone, until one fails or there were enough steps.</summary>
internal sealed class DriverCampaign(DriverKind kind, ParseResult parsed, Workplace place)
{
    private static readonly TimeSpan s_usualTime = TimeSpan.FromMinutes(1);

    public int Run(string[] words, bool works)
    {
        if (works)
            return Work();
        (int exitCode, int process) = Supervisor.Run(typeof(DriverCampaign).Assembly.Location, words);
        string current = Path.Combine(place.Folder, $"current-{process}");
        if (!Supervisor.HasTold(exitCode) && File.Exists(current))
            Console.WriteLine($"{kind.Name} FAILED: {Supervisor.Describe(exitCode)}\nreplay: {Command(MemoryMarshal.Read<ulong>(CurrentInput.Read(current)), null)}");
        File.Delete(current);
        return Supervisor.HasTold(exitCode) ? exitCode : Program.Failed;
    }

    private int Work()
    {
        DeviceMemory.HasGuards = true;
        Episode episodes = new(kind);
        Watchdog watchdog = new();
        using CurrentInput current = new(place.Current, sizeof(ulong));
        if (parsed.GetValue(FuzzOptions.Episode) is { } one)
        {
            current.Set(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in one)));
            return Replay(episodes, one);
        }

        ulong seed = parsed.GetValue(FuzzOptions.Seed) ?? (ulong)Stopwatch.GetTimestamp();
        long steps = parsed.GetValue(FuzzOptions.Steps) ?? long.MaxValue;
        TimeSpan? time = parsed.GetValue(FuzzOptions.Time) ?? (steps == long.MaxValue ? s_usualTime : null);
        Stopwatch watch = Stopwatch.StartNew();
        long done = 0;
        for (ulong number = 0; done < steps && !(watch.Elapsed > time); number++)
        {
            watchdog.Restart();
            ulong episode = Random64.Mix(seed, number);
            current.Set(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in episode)));
            done += Episode.Steps;
            if (episodes.Run(episode, null) is not { } problem)
                continue;
            Console.WriteLine($"{kind.Name} FAILED after {done} steps, seed {seed}: {problem}");
            IReadOnlyList<int> needed = episodes.Shrink(episode, problem, watchdog);
            Console.WriteLine($"replay: {Command(episode, needed)}");
            return Program.Failed;
        }

        Console.WriteLine($"{kind.Name}: {done} steps in {watch.Elapsed.TotalSeconds:0.0} s, seed {seed}");
        return 0;
    }

    private int Replay(Episode episodes, ulong seed)
    {
        HashSet<int>? only = parsed.GetValue(FuzzOptions.Only) is { } text ? [.. text.Split(',').Select(int.Parse)] : null;
        Exception? problem = episodes.Run(seed, only, Console.WriteLine);
        Console.WriteLine(problem is null ? $"{kind.Name}: it holds" : problem.ToString());
        return problem is null ? 0 : Program.Failed;
    }

    private string Command(ulong episode, IReadOnlyList<int>? only) =>
        $"./guest fuzz {kind.Name} --episode {episode}" + (only is null ? "" : $" --only {(only.Count == 0 ? "-1" : string.Join(',', only))}");
}
