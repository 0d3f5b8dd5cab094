using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Guest.Fuzz.Inputs;
using SharpFuzz;

namespace Guest.Fuzz.Guided;

/// <summary>AFL++ in front of a target, instead of our own mutator.</summary>
internal static class AflRun
{
    /// <summary>The first word of a process that AFL++ feeds.</summary>
    public const string FedWord = "--fed-by-afl";

    public static int Run(InputTarget target, Workplace place, string corpus, TimeSpan time)
    {
        using InstrumentedKernel kernel = new(place);
        string begin = Path.Combine(place.Folder, "afl-in");
        string found = Path.Combine(place.Folder, "afl-out");
        foreach (byte[] input in Workplace.Read(corpus).Concat(target.Seeds).Where(input => input.Length > 0))
            Workplace.Save(begin, input);
        string seconds = ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo start = new("afl-fuzz", ["-i", begin, "-o", found, "-t", "10000", "-m", "none", "-V", seconds, "--", "dotnet", kernel.Program, FedWord, target.Name]);
        foreach (string setting in (string[])["AFL_SKIP_BIN_CHECK", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "AFL_SKIP_CPUFREQ", "AFL_NO_UI"])
            start.Environment[setting] = "1";
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        string[] failures = [.. Directory.EnumerateFiles(found, "id:*", SearchOption.AllDirectories).Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is "crashes" or "hangs")];
        foreach (string failure in failures)
            Console.WriteLine($"{target.Name} FAILED\nreplay: ./guest fuzz {target.Name} --replay {failure}");
        return process.ExitCode != 0 || failures.Length > 0 ? Program.Failed : 0;
    }

    /// <summary>Takes inputs from AFL++ until it ends this process.</summary>
    public static int BeFed(InputTarget target)
    {
        InputRunner? runner = null;
        Fuzzer.Run(stream =>
        {
            using MemoryStream input = new();
            stream.CopyTo(input);
            // Only now is the memory there into which the kernel's assemblies write.
            runner ??= new InputRunner(target);
            if (runner.Run(input.GetBuffer().AsSpan(0, (int)Math.Min(input.Length, target.MostBytes))) is { } problem)
                throw problem;
        });
        return 0;
    }
}
