using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Guest.Fuzz.Inputs;
using Guest.Tool.Commands;

namespace Guest.Fuzz.Guided;

/// <summary>One call of the fuzzer for a target that takes inputs.</summary>
internal sealed class InputCampaign(InputTarget target, ParseResult parsed, Workplace place)
{
    private static readonly TimeSpan s_usualTime = TimeSpan.FromMinutes(1);

    private string Corpus => parsed.GetValue(FuzzOptions.Corpus) ?? place.Corpus;

    private string Failures => Path.Combine(place.Folder, "failures");

    public int Run(string[] words, bool works)
    {
        if (works)
            return Work();
        if (parsed.GetValue(FuzzOptions.Afl))
            return AflRun.Run(target, place, Corpus, parsed.GetValue(FuzzOptions.Time) ?? s_usualTime);
        using InstrumentedKernel kernel = new(place);
        (int exitCode, int process) = Supervisor.Run(kernel.Program, words);
        string current = Path.Combine(place.Folder, $"current-{process}");
        if (!Supervisor.HasTold(exitCode) && File.Exists(current))
            Tell(CurrentInput.Read(current), Supervisor.Describe(exitCode));
        File.Delete(current);
        return Supervisor.HasTold(exitCode) ? exitCode : Program.Failed;
    }

    private int Work()
    {
        // Before anything of the kernel runs, which writes there.
        CoverageMap coverage = new();
        using CurrentInput current = new(place.Current, Math.Max(target.MostBytes, 1 << 20));
        InputRunner runner = new(target);
        if (parsed.GetValue(FuzzOptions.Replay) is { } file)
            return Replay(runner, current, File.ReadAllBytes(file));
        GuidedFuzzer fuzzer = new(runner, coverage, current);
        bool minimises = parsed.GetValue(FuzzOptions.Minimise);
        IReadOnlyList<byte[]> corpus = Workplace.Read(Corpus);
        IReadOnlyList<byte[]> needed = fuzzer.Replay(corpus.Count > 0 && !minimises ? corpus : [.. corpus, .. target.Seeds], countsMatter: !minimises);
        if (fuzzer.Failure is null && minimises)
            return Minimise(needed);
        ulong seed = parsed.GetValue(FuzzOptions.Seed) ?? (ulong)Stopwatch.GetTimestamp();
        if (fuzzer.Failure is null)
            Mutate(fuzzer, seed);
        if (!fuzzer.IsGuided)
            Console.Error.WriteLine("the kernel's assemblies are not instrumented: nothing guides this");
        Console.WriteLine($"{target.Name}: {fuzzer.Done} inputs, {fuzzer.Covered} pairs of branches, seed {seed}");
        if (fuzzer.Failure is not { } failure)
            return 0;
        Tell(runner.Shrink(failure.Input, failure.Problem), failure.Problem.ToString());
        return Program.Failed;
    }

    private void Mutate(GuidedFuzzer fuzzer, ulong seed)
    {
        if (parsed.GetValue(FuzzOptions.Corpus) is { } kept)
            fuzzer.Found = input => Workplace.Save(kept, input);
        TimeSpan? time = parsed.GetValue(FuzzOptions.Time);
        long inputs = parsed.GetValue(FuzzOptions.Inputs) ?? long.MaxValue;
        if (inputs == long.MaxValue)
            time ??= s_usualTime;
        Watchdog watchdog = new();
        Stopwatch watch = Stopwatch.StartNew();
        fuzzer.Run(seed, tries =>
        {
            watchdog.Restart();
            return tries < inputs && !(watch.Elapsed > time);
        });
    }

    private int Replay(InputRunner runner, CurrentInput current, byte[] input)
    {
        current.Set(input);
        Exception? problem = runner.Run(input);
        Console.WriteLine(problem is null ? $"{target.Name}: it holds" : problem.ToString());
        return problem is null ? 0 : Program.Failed;
    }

    private int Minimise(IReadOnlyList<byte[]> needed)
    {
        foreach (string file in Directory.Exists(Corpus) ? Directory.GetFiles(Corpus) : [])
            File.Delete(file);
        foreach (byte[] input in needed)
            Workplace.Save(Corpus, input);
        Console.WriteLine($"{target.Name}: {needed.Count} inputs of {needed.Sum(input => input.Length)} bytes in {Corpus}");
        return 0;
    }

    private void Tell(byte[] input, string what)
    {
        string path = Workplace.Save(Failures, input);
        Console.WriteLine($"{target.Name} FAILED: {what}\ninput:  {path}\nreplay: ./guest fuzz {target.Name} --replay {path}");
    }
}
