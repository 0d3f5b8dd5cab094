using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Kvm;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>From a loader's <see cref="BootInfo"/> to a running kernel on a machine of its own, or in a Xen PVH domain.</summary>
internal static class X86Entry
{
    /// <summary>Runs the kernel; does not return.</summary>
    public static void Run(ref BootInfo boot)
    {
        boot.Map.CutToFrames();
        ulong leftOut = XenPvhPlatform.LeaveOutWhatIsNotThere(ref boot.Map);
        Heap.Start(boot.Memory, ImageLayout.OfThisImage, X86Memory.BootReach);
        if (XenPvhPlatform.TryOpen(boot.Memory, boot.TscAtEntry) is { } domain)
            Install(domain);
        else
            StartMachine(ref boot);
        if (leftOut != 0)
            Log.Warn("memory", $"{leftOut >> 20} MiB are named and not there (maxmem is above memory): not used");
        Kernel.Start(ref boot);
    }

    private static void StartMachine(ref BootInfo boot)
    {
        X86Platform platform = new(boot.TscAtEntry);
        Install(platform);
        KvmClock? clock = KvmClock.TryOpen(boot.TscAtEntry);
        platform.Start(boot.Memory, boot.AcpiRoot, clock, clock is null ? 0 : clock.TscPerSecond);
    }

    private static void Install(Platform platform)
    {
        Platform.Install(platform);
        Log.Output = platform.WriteConsole;
    }
}
