using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guest.Counter;

/// <summary>The plugin's two entries: QEMU calls <see cref="Install"/> once, and <see cref="OnTranslate"/> for every block of guest code that it
/// translates. The translated code counts by itself, without calling back.</summary>
internal static unsafe class Plugin
{
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
        s_qemu.RegisterTranslate(id, &OnTranslate);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTranslate(ulong id, nint block)
    {
        ulong instructions = s_qemu.InstructionCount(block);
        s_qemu.AddWhenExecuted(block, QemuApi.AddU64, s_file!.Total, instructions);
        ulong address = s_qemu.BlockAddress(block);
        ulong* range = s_file.RangeOf(address);
        if (range is not null)
            s_qemu.AddWhenExecuted(block, QemuApi.AddU64, range, instructions);
        ulong* executions = s_file.AddBlock(address, instructions);
        if (executions is not null)
            s_qemu.AddWhenExecuted(block, QemuApi.AddU64, executions, 1);
    }
}
