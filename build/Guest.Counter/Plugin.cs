using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Counter;

/// <summary>The plugin's entries: QEMU calls <see cref="Install"/> once, and <see cref="OnTranslate"/> for every block of guest code that it
/// translates. The translated code counts by itself, without calling back, unless executions may have to be recorded too.</summary>
internal static unsafe class Plugin
{
    private const uint RecordedProcessor = 0;

    private static QemuApi s_qemu;
    private static CounterFile? s_file;

    /// <summary>QEMU's <c>qemu_plugin_install</c>. Takes one argument: <c>counts=PATH</c>, an existing counter file.</summary>
    /// <returns>0, or not to refuse.</returns>
    [UnmanagedCallersOnly(EntryPoint = "qemu_plugin_install")]
    public static int Install(ulong id, void* info, int count, byte** arguments)
    {
        const string Key = "counts=";
        string argument = count == 1 ? Marshal.PtrToStringUTF8((nint)arguments[0]) ?? "" : "";
        if (!argument.StartsWith(Key, StringComparison.Ordinal))
        {
            Console.Error.WriteLine("Guest.Counter: it takes one argument, counts=PATH.");
            return 1;
        }
        try
        {
            s_file = CounterFile.Open(argument[Key.Length..]);
            s_qemu = QemuApi.Load();
        }
        catch (Exception failure)
        {
            // An exception must not leave into QEMU.
            Console.Error.WriteLine($"Guest.Counter: {failure.Message}");
            return 1;
        }
        Register(id);
        return 0;
    }

    private static void Register(ulong id)
    {
        s_qemu.RegisterTranslate(id, &OnTranslate);
        s_qemu.RegisterIdle(id, &OnIdle);
    }

    // Code that was translated without calls back must be translated again to get them, and the other way round.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReset(ulong id)
    {
        s_file!.HasRecorder = s_file.IsRecorderWanted;
        Register(id);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnIdle(ulong id, uint processor)
    {
        CounterFile file = s_file!;
        if (file.HasRecorder && processor == RecordedProcessor)
            file.Record(CounterFile.Halt);
        if (file.HasRecorder != file.IsRecorderWanted)
            s_qemu.Reset(id, &OnReset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnExecute(uint processor, nint number)
    {
        if (processor == RecordedProcessor)
            s_file!.Record((uint)number);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTranslate(ulong id, nint block)
    {
        CounterFile file = s_file!;
        ulong instructions = s_qemu.InstructionCount(block);
        s_qemu.AddWhenExecuted(block, QemuApi.AddU64, file.Total, instructions);
        ulong address = s_qemu.BlockAddress(block);
        ulong* range = file.RangeOf(address);
        if (range is not null)
            s_qemu.AddWhenExecuted(block, QemuApi.AddU64, range, instructions);
        ulong* executions = file.AddBlock(address, instructions, out uint number);
        if (executions is null)
            return;
        s_qemu.AddWhenExecuted(block, QemuApi.AddU64, executions, 1);
        if (file.HasRecorder)
            s_qemu.CallWhenExecuted(block, &OnExecute, QemuApi.NoRegisters, (nint)number);
    }
}
