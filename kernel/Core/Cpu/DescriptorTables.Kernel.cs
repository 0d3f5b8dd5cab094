using System;
using Guest.Core.Memory;

namespace Guest.Core.Cpu;

/// <summary>The global descriptor table, the task-state segment and the interrupt descriptor table of the one processor
/// (Intel SDM vol. 3, 3.5, 6.14, 7.7).</summary>
internal static unsafe class DescriptorTables
{
    private const ushort CodeSelector = 0x08;
    private const ushort TaskSelector = 0x18;
    private const int TaskSize = 104;
    private const int TaskIst1 = 36;
    private const int TaskIoMap = 102;
    private const int Vectors = 256;
    private const ulong InterruptGate = 0x8e00_0000_0000;
    private const ulong UseIst1 = 0x1_0000_0000;

    /// <summary>Builds and loads the tables. Exceptions will run on the stack that ends at <paramref name="exceptionStackTop"/>.</summary>
    public static void Load(ulong exceptionStackTop)
    {
        byte* page = AddressSpace.Direct(PhysicalMemory.Allocate(1));
        ulong* gdt = (ulong*)page;
        byte* task = page + 64;
        *(ulong*)(task + TaskIst1) = exceptionStackTop;
        *(ushort*)(task + TaskIoMap) = TaskSize;

        ulong at = (ulong)task;
        gdt[1] = 0x0020_9b00_0000_0000;
        gdt[2] = 0x0000_9300_0000_0000;
        gdt[3] = (TaskSize - 1) | ((at & 0xffffff) << 16) | (0x89UL << 40) | ((at >> 24 & 0xff) << 56);
        gdt[4] = at >> 32;

        ulong* idt = (ulong*)AddressSpace.Direct(PhysicalMemory.Allocate(1));
        ulong* entries = X86.InterruptEntries();
        for (int vector = 0; vector < InterruptTable.FirstVector; vector++)
            SetGate(idt, vector, entries[vector], UseIst1);
        for (int i = 0; i < InterruptTable.Vectors; i++)
            SetGate(idt, InterruptTable.FirstVector + i, entries[InterruptTable.FirstVector + i], 0);
        SetGate(idt, LocalApic.SpuriousVector, entries[InterruptTable.FirstVector + InterruptTable.Vectors], 0);

        DescriptorPointer gdtr = new(5 * 8 - 1, gdt);
        DescriptorPointer idtr = new(Vectors * 16 - 1, idt);
        X86.LoadDescriptorTables(&gdtr, &idtr, TaskSelector);
    }

    private static void SetGate(ulong* idt, int vector, ulong entry, ulong stack)
    {
        idt[vector * 2] = (entry & 0xffff) | ((ulong)CodeSelector << 16) | stack | InterruptGate | ((entry >> 16 & 0xffff) << 48);
        idt[vector * 2 + 1] = entry >> 32;
    }
}
