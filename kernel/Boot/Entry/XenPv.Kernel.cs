using System.Runtime;
using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Xen;

namespace Guest.Boot;

/// <summary>Xen's PV loader's side (xen.h, "Start-of-day memory layout").</summary>
internal static unsafe class XenPv
{
    /// <summary>XenPv.S comes here, on the image's boot stack and the loader's page tables. The memory handed on is what the image and the
    /// tables do not occupy.</summary>
    [RuntimeExport("kmain_xen_pv")]
    private static void Enter(XenStartInfo* loaderInfo, ulong loaderStackTop)
    {
        BootInfo boot = new() { TscAtEntry = X86.ReadTsc() };
        XenPvMemory.TakeOver(loaderInfo, loaderStackTop);
        XenStartInfo* start = (XenStartInfo*)AddressSpace.Direct((ulong)loaderInfo - AddressSpace.ImageBase);
        boot.CopyCommandLine(start->CommandLine, XenStartInfo.CommandLineBytes - 1);
        ImageLayout image = ImageLayout.OfThisImage;
        boot.Map.Add(XenPvMemory.FreeStart, image.Start - AddressSpace.ImageBase - XenPvMemory.FreeStart);
        boot.Map.Add(XenPvMemory.LoaderEnd, XenPvMemory.End - XenPvMemory.LoaderEnd);
        boot.Map.CutToFrames();
        Heap.Start(boot.Memory, image, ulong.MaxValue);
        XenPvPlatform platform = XenPvPlatform.Open(start, boot.TscAtEntry);
        Platform.Install(platform);
        Log.Output = platform.WriteConsole;
        Kernel.Start(ref boot);
    }
}
