using System.Threading;

namespace Guest.Core.Scheduling;

/// <summary>Hosted each thread is one of the operating system's, and the one that runs holds the baton. The test's own is the first.</summary>
public sealed partial class Scheduler
{
    // The operating system's thread has its own stack, and gives it back itself.
    private static void AllocateStack(KernelThread thread)
    {
    }

    private static void FreeStack(KernelThread thread)
    {
    }

    private void PrepareStack(KernelThread thread)
    {
        Thread carrier = new(() =>
        {
            thread.Baton.Wait();
            ThreadMain();
        })
        {
            IsBackground = true,
            Name = thread.Name,
        };
        carrier.Start();
    }

    private void SwitchStacks(KernelThread previous, KernelThread next)
    {
        bool hasEnded = previous.Entry is null && previous != _first;
        next.Baton.Release();
        if (!hasEnded)
            previous.Baton.Wait();
    }
}
