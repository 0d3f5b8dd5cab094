using System.Runtime;
using System.Runtime.InteropServices;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Boot;

/// <summary>The PVH loader's side: QEMU's <c>-kernel</c>, Xen PVH, Firecracker (xen/include/public/arch-x86/hvm/start_info.h).</summary>
internal static unsafe class Pvh
{
    private const uint Magic = 0x336e_c578;
    private const uint FirstVersionWithMap = 1;
    private const uint RamType = 1;

    /// <summary>More entries than any board has; what a loader says beyond is not looked at.</summary>
    private const uint MaximumEntries = 4096;

    /// <summary>Pvh.S comes here, on the boot stack and the boot page tables, which map the first 4 GiB.</summary>
    [RuntimeExport("kmain_pvh")]
    private static void Enter(ulong startInfoAddress)
    {
        StartInfo* start = (StartInfo*)AddressSpace.Direct(startInfoAddress);
        if (start->Magic != Magic)
            EarlyPanic.Die("the loader does not speak PVH: there is no start_info where it should be"u8);
        if (start->Version < FirstVersionWithMap)
            EarlyPanic.Die("the loader's start_info has version 0, as before Xen 4.12: it does not say what memory there is"u8);
        BootInfo boot = new()
        {
            TscAtEntry = X86.ReadTsc(),
            AcpiRoot = start->AcpiRoot,
        };
        if (!IsMapped(start->CommandLine, BootInfo.MaximumCommandLine))
            EarlyPanic.Die("the command line lies above 4 GiB"u8);
        boot.CopyCommandLine(start->CommandLine == 0 ? null : AddressSpace.Direct(start->CommandLine));
        AddMemory(ref boot, start);
        X86Entry.Run(ref boot);
    }

    private static void AddMemory(ref BootInfo boot, StartInfo* start)
    {
        uint count = start->MemoryMapEntries < MaximumEntries ? start->MemoryMapEntries : MaximumEntries;
        if (start->MemoryMap == 0 || count == 0)
            EarlyPanic.Die("the loader's memory map is empty"u8);
        if (!IsMapped(start->MemoryMap, count * (ulong)sizeof(MemoryMapEntry)))
            EarlyPanic.Die("the loader's memory map lies above 4 GiB"u8);
        MemoryMapEntry* map = (MemoryMapEntry*)AddressSpace.Direct(start->MemoryMap);
        for (uint i = 0; i < count; i++)
        {
            if (map[i].Type == RamType)
                boot.Map.Add(map[i].Address, map[i].Size);
        }

        // Where two entries overlap, it is whatever the one says that does not mean usable memory.
        for (uint i = 0; i < count; i++)
        {
            if (map[i].Type != RamType)
                boot.Map.Remove(map[i].Address, map[i].Size);
        }
    }

    private static bool IsMapped(ulong address, ulong length) => address <= X86Memory.BootReach - length;

    /// <summary>struct hvm_start_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct StartInfo
    {
        public uint Magic;
        public uint Version;
        public uint Flags;
        public uint Modules;
        public ulong ModuleList;
        public ulong CommandLine;
        public ulong AcpiRoot;
        public ulong MemoryMap;
        public uint MemoryMapEntries;
        private readonly uint _reserved;
    }

    /// <summary>struct hvm_memmap_table_entry.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryMapEntry
    {
        public ulong Address;
        public ulong Size;
        public uint Type;
        private readonly uint _reserved;
    }
}
