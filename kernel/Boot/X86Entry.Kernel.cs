using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Kvm;

namespace Guest.Boot;

/// <summary>From a loader's <see cref="BootInfo"/> to a running kernel on a machine of its own.</summary>
internal static class X86Entry
{
    /// <summary>Runs the kernel; does not return.</summary>
    public static void Run(ref BootInfo boot)
    {
        Heap.Start(boot.Memory, ImageLayout.OfThisImage);
        X86Platform platform = new(boot.TscAtEntry);
        Platform.Install(platform);
        Log.Output = platform.WriteConsole;
        platform.Start(boot.Memory, KvmClock.TryOpen(boot.TscAtEntry));
        Kernel.Start(ref boot);
    }
}
