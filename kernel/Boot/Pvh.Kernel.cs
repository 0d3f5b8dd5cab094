using System.Runtime;
using System.Runtime.InteropServices;
using Guest.Core.Cpu;
using Guest.Core.Memory;

namespace Guest.Boot;

/// <summary>The PVH loader's side: QEMU's <c>-kernel</c>, Xen PVH, Firecracker (xen/include/public/arch-x86/hvm/start_info.h).</summary>
internal static unsafe class Pvh
{
    private const uint Magic = 0x336e_c578;
    private const uint RamType = 1;

    /// <summary>Pvh.S comes here, on the boot stack and the boot page tables.</summary>
    [RuntimeExport("kmain_pvh")]
    private static void Enter(ulong startInfoAddress)
    {
        StartInfo* start = (StartInfo*)AddressSpace.Direct(startInfoAddress);
        BootInfo boot = new()
        {
            TscAtEntry = Processor.ReadTsc(),
            AcpiRoot = start->AcpiRoot,
        };
        boot.CopyCommandLine(start->CommandLine == 0 ? null : AddressSpace.Direct(start->CommandLine));
        if (start->Magic == Magic && start->Version >= 1)
        {
            MemoryMapEntry* map = (MemoryMapEntry*)AddressSpace.Direct(start->MemoryMap);
            for (uint i = 0; i < start->MemoryMapEntries; i++)
            {
                if (map[i].Type == RamType)
                    boot.AddMemory(map[i].Address, map[i].Size);
            }
        }

        X86Entry.Run(ref boot);
    }

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
