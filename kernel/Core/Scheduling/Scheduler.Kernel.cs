using System;
using System.Runtime;
using Guest.Core.Cpu;
using Guest.Core.Memory;

namespace Guest.Core.Scheduling;

public sealed unsafe partial class Scheduler
{
    private const ulong StackBytes = 64 * 1024;
    private const int CalleeSavedRegisters = 6;

    /// <summary>Words above the entry's address, so that the stack is aligned to 16 bytes once it has been popped (System V ABI).</summary>
    private const int WordsAboveEntry = 2;

    private void AllocateStack(KernelThread thread) => thread.StackTop = Stacks.Allocate(_platform.PageTables, StackBytes);

    private void FreeStack(KernelThread thread) => Stacks.Free(_platform.PageTables, thread.StackTop, StackBytes);

    /// <summary>Lays out its stack as if the thread had called cpu_switch from the entry in Cpu.S.</summary>
    private static void PrepareStack(KernelThread thread)
    {
        ulong* entry = (ulong*)thread.StackTop - WordsAboveEntry - 1;
        *entry = X86.ThreadStart();
        // Zeros: the frame pointer ends every back trace.
        new Span<ulong>(entry - CalleeSavedRegisters, CalleeSavedRegisters).Clear();
        thread.SavedStackPointer = (ulong)(entry - CalleeSavedRegisters);
    }

    private static void SwitchStacks(KernelThread previous, KernelThread next)
    {
        fixed (ulong* saved = &previous.SavedStackPointer)
            X86.Switch(saved, next.SavedStackPointer);
    }

    [RuntimeExport("thread_main")]
    private static void EnterThread() => Processor.Current.Scheduler.ThreadMain();
}
