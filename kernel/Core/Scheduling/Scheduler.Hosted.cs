using System;

namespace Guest.Core.Scheduling;

/// <summary>Hosted there is one thread, the test's: it may wait, and the run loop serves its devices meanwhile.</summary>
public static partial class Scheduler
{
    private static void PrepareStack(KernelThread thread) =>
        throw new PlatformNotSupportedException($"thread {thread.Name}: kernel threads need the kernel's context switch");

    private static void SwitchStacks(KernelThread previous, KernelThread next) =>
        throw new PlatformNotSupportedException($"{previous.Name} to {next.Name}: kernel threads need the kernel's context switch");
}
