using System;
using Guest.Rig.Measure;

namespace Guest.Integration.Tests.Disk;

/// <summary>What one random read of 4 KiB costs the guest itself.</summary>
/// <param name="Instructions">Counted from outside. It is the difference between a long job and a short one, so what a job costs besides its reads
/// (typed, parsed, printed) is not in it.</param>
/// <param name="Accesses">To the disk's registers and ports, or hypercalls, as the guest counts them.</param>
internal readonly record struct DiskCost(long Instructions, double Accesses)
{
    private const int Short = 100;
    private const int Long = 1_000;

    /// <summary>What the application says when it can be told jobs; the disk's name follows, and a semicolon.</summary>
    public const string Asks = "disk: ";

    /// <summary>How an answer begins.</summary>
    public const string Answer = "{\"job\":";

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a boot, a job, or coming to rest after it may take.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Measures.</summary>
    /// <param name="counter">Counts the guest's instructions.</param>
    /// <param name="accesses">Asks the guest how many there were so far, but for those of its console.</param>
    /// <param name="run">Has the application do a job, and waits for its answer.</param>
    /// <param name="depth">Reads in flight.</param>
    public static DiskCost Measure(InstructionCounter counter, Func<long> accesses, Action<string> run, int depth)
    {
        run($"randread depth={depth} count={depth}\n");
        DiskCost little = Job(Short);
        DiskCost much = Job(Long);
        return new DiskCost((much.Instructions - little.Instructions) / (Long - Short), much.Accesses / Long);

        DiskCost Job(int count)
        {
            long before = accesses();
            WaitForIdle();
            long instructions = counter.Own;
            run($"randread depth={depth} count={count}\n");
            WaitForIdle();
            instructions = counter.Own - instructions;
            return new DiskCost(instructions, accesses() - before);
        }

        void WaitForIdle() => Assert.True(counter.WaitForIdle(s_quiet, Patience), "the guest does not become idle");
    }
}
