using System.Runtime;
using System.Runtime.CompilerServices;

namespace Guest.Core.Cpu;

/// <summary>The instructions that C# has no word for (Cpu.S); on Xen PV only those that do not need privilege may be used.</summary>
public static unsafe class X86
{
    /// <summary><c>in al, dx</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_in8")]
    public static extern byte In8(ushort port);

    /// <summary><c>in ax, dx</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_in16")]
    public static extern ushort In16(ushort port);

    /// <summary><c>in eax, dx</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_in32")]
    public static extern uint In32(ushort port);

    /// <summary><c>out dx, al</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_out8")]
    public static extern void Out8(ushort port, byte value);

    /// <summary><c>out dx, ax</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_out16")]
    public static extern void Out16(ushort port, ushort value);

    /// <summary><c>out dx, eax</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_out32")]
    public static extern void Out32(ushort port, uint value);

    /// <summary><c>rep insw</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_insw")]
    public static extern void InString16(ushort port, byte* to, long units);

    /// <summary><c>rep outsw</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_outsw")]
    public static extern void OutString16(ushort port, byte* from, long units);

    /// <summary><c>rep insd</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_insl")]
    public static extern void InString32(ushort port, byte* to, long units);

    /// <summary><c>rep outsd</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_outsl")]
    public static extern void OutString32(ushort port, byte* from, long units);

    /// <summary><c>rdmsr</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_read_msr")]
    public static extern ulong ReadMsr(uint msr);

    /// <summary><c>wrmsr</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_write_msr")]
    public static extern void WriteMsr(uint msr, ulong value);

    /// <summary><c>rdtsc</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_read_tsc")]
    public static extern ulong ReadTsc();

    /// <summary><c>rdrand</c>: a number from the processor's own generator.</summary>
    /// <returns>False if it has none ready.</returns>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_read_random")]
    public static extern bool TryReadRandom(ulong* number);

    /// <summary><c>sti; hlt</c>: waits for one interrupt, and handles it. Interrupts are off before and after.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_halt_once")]
    public static extern void HaltOnce();

    /// <summary><c>sti; nop; cli</c>: handles one interrupt if one is pending. Interrupts are off before and after.</summary>
    /// <returns>Whether there was one; others may be pending still.</returns>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_take_interrupt")]
    public static extern bool TakeInterrupt();

    /// <summary>Stops with interrupts off.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_halt_forever")]
    public static extern void HaltForever();

    /// <summary>Resets the machine by a fault that cannot be handled.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_triple_fault")]
    public static extern void TripleFault();

    /// <summary>Loads CR3 and forgets every translation.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_load_page_tables")]
    public static extern void LoadPageTables(ulong root);

    /// <summary><c>invlpg</c>: forgets the translation of one page, and what is cached of the tables above it.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_invalidate_page")]
    public static extern void InvalidatePage(ulong address);

    /// <summary><c>lgdt</c>, <c>lidt</c>, <c>ltr</c></summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_load_tables")]
    public static extern void LoadDescriptorTables(void* gdtr, void* idtr, ushort taskRegister);

    /// <summary>CR2: where the last page fault happened.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_fault_address")]
    public static extern ulong FaultAddress();

    /// <summary>The caller's stack pointer.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_stack_pointer")]
    public static extern ulong StackPointer();

    /// <summary>RBP: the caller's frame, where it keeps one.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_frame_pointer")]
    public static extern ulong FramePointer();

    /// <summary>Stores the running thread's stack pointer in <paramref name="saved"/> and goes on where <paramref name="next"/> was stored.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_switch")]
    public static extern void Switch(ulong* saved, ulong next);

    /// <summary>The address of cpu_thread_start, where a new thread's first switch returns to.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_thread_start_address")]
    public static extern ulong ThreadStart();

    /// <summary>The table of entry addresses in Interrupts.S: 32 exceptions, 32 interrupts, the spurious one.</summary>
    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "interrupt_entries_address")]
    public static extern ulong* InterruptEntries();

    /// <summary><c>cpuid</c></summary>
    public static CpuIdResult CpuId(uint leaf, uint subleaf = 0)
    {
        CpuIdResult result;
        CpuId(leaf, subleaf, &result);
        return result;
    }

    [MethodImpl(MethodImplOptions.InternalCall), RuntimeImport("*", "cpu_id")]
    private static extern void CpuId(uint leaf, uint subleaf, CpuIdResult* result);
}
