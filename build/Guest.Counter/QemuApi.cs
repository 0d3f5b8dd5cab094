using System.Runtime.InteropServices;

namespace Guest.Counter;

/// <summary>The functions of QEMU's plugin interface, version 1, that are used here (include/qemu/qemu-plugin.h). QEMU's own program exports
/// them.</summary>
internal readonly unsafe struct QemuApi
{
    /// <summary>QEMU_PLUGIN_INLINE_ADD_U64.</summary>
    public const int AddU64 = 0;

    private QemuApi(nint program)
    {
        RegisterTranslate = (delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, nint, void>, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_register_vcpu_tb_trans_cb");
        InstructionCount = (delegate* unmanaged[Cdecl]<nint, ulong>)
            NativeLibrary.GetExport(program, "qemu_plugin_tb_n_insns");
        BlockAddress = (delegate* unmanaged[Cdecl]<nint, ulong>)
            NativeLibrary.GetExport(program, "qemu_plugin_tb_vaddr");
        AddWhenExecuted = (delegate* unmanaged[Cdecl]<nint, int, ulong*, ulong, void>)
            NativeLibrary.GetExport(program, "qemu_plugin_register_vcpu_tb_exec_inline");
    }

    /// <summary>Asks for a call at every translation of a block: plugin's id, callback.</summary>
    public delegate* unmanaged[Cdecl]<ulong, delegate* unmanaged[Cdecl]<ulong, nint, void>, void> RegisterTranslate { get; }

    /// <summary>The number of guest instructions in a block.</summary>
    public delegate* unmanaged[Cdecl]<nint, ulong> InstructionCount { get; }

    /// <summary>The guest's virtual address of a block's first instruction.</summary>
    public delegate* unmanaged[Cdecl]<nint, ulong> BlockAddress { get; }

    /// <summary>Makes each execution of a block add to a word: block, <see cref="AddU64"/>, the word, the addend.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, ulong*, ulong, void> AddWhenExecuted { get; }

    /// <summary>Finds the functions in the running program.</summary>
    public static QemuApi Load() => new(NativeLibrary.GetMainProgramHandle());
}
