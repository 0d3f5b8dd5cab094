using System.Runtime.InteropServices;

namespace Guest.Counter;

/// <summary>The functions of QEMU's plugin interface, version 1, that are used here (include/qemu/qemu-plugin.h). QEMU's own program exports
/// them.</summary>
internal readonly unsafe struct QemuApi
{
    /// <summary>QEMU_PLUGIN_INLINE_ADD_U64.</summary>
    public const int AddU64 = 0;

    /// <summary>QEMU_PLUGIN_CB_NO_REGS: a callback neither reads nor writes the guest's registers.</summary>
    public const int NoRegisters = 0;

    private QemuApi(nint program)
    {
        RegisterTranslate = (delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, nint, void>, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_register_vcpu_tb_trans_cb");
        RegisterIdle = (delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, uint, void>, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_register_vcpu_idle_cb");
        Reset = (delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, void>, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_reset");
        InstructionCount = (delegate* unmanaged[Cdecl]<nint, ulong>)
            NativeLibrary.GetExport(program, "qemu_plugin_tb_n_insns");
        BlockAddress = (delegate* unmanaged[Cdecl]<nint, ulong>)
            NativeLibrary.GetExport(program, "qemu_plugin_tb_vaddr");
        AddWhenExecuted = (delegate* unmanaged[Cdecl]<nint, int, ulong*, ulong, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_register_vcpu_tb_exec_inline");
        CallWhenExecuted = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<uint, nint, void>, int, nint, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_register_vcpu_tb_exec_cb");
    }

    /// <summary>Asks for a call at every translation of a block: plugin's id, callback.</summary>
    public delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, nint, void>, void> RegisterTranslate { get; }

    /// <summary>Asks for a call whenever a processor halts: plugin's id, callback (its second argument is the processor's number).</summary>
    public delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, uint, void>, void> RegisterIdle { get; }

    /// <summary>Forgets all callbacks and all translations, and calls back when that is done: plugin's id, callback. From a processor's thread only.</summary>
    public delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, void>, void> Reset { get; }

    /// <summary>The number of guest instructions in a block.</summary>
    public delegate* unmanaged[Cdecl]<nint, ulong> InstructionCount { get; }

    /// <summary>The guest's virtual address of a block's first instruction.</summary>
    public delegate* unmanaged[Cdecl]<nint, ulong> BlockAddress { get; }

    /// <summary>Makes each execution of a block add to a word: block, <see cref="AddU64"/>, the word, the addend.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, ulong*, ulong, void> AddWhenExecuted { get; }

    /// <summary>Makes each execution of a block call back before it: block, callback (processor's number, the last argument),
    /// <see cref="NoRegisters"/>, what the callback is given.</summary>
    public delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<uint, nint, void>, int, nint, void> CallWhenExecuted { get; }

    /// <summary>Finds the functions in the running program.</summary>
    public static QemuApi Load() => new(NativeLibrary.GetMainProgramHandle());
}
