using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Guest.Storage;

/// <summary>Linux's asynchronous I/O (io_setup(2) and its neighbours; include/uapi/linux/aio_abi.h), and opening past the page cache, without which there
/// is nothing asynchronous about it.</summary>
internal static unsafe partial class LinuxAio
{
    private const long Setup = 206;
    private const long Destroy = 207;
    private const long GetEvents = 208;
    private const long SubmitCall = 209;
    private const int ReadWriteDirectCloseOnExec = 0x2 | 0x4000 | 0x8_0000;

    /// <summary>What is asked: IOCB_CMD_*.</summary>
    public enum Operation : ushort
    {
        /// <summary>IOCB_CMD_PREAD.</summary>
        Read = 0,

        /// <summary>IOCB_CMD_PWRITE.</summary>
        Write = 1,
    }

    /// <summary>Opens a file or block device so that every access reaches what is below it.</summary>
    /// <returns>Null, and Linux's error number, if it cannot be.</returns>
    public static SafeFileHandle? OpenDirect(string path, out int error)
    {
        int file = Open(path, ReadWriteDirectCloseOnExec);
        error = file < 0 ? Marshal.GetLastPInvokeError() : 0;
        return file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);
    }

    /// <summary>Makes a context.</summary>
    /// <param name="depth">How many requests it can have at once.</param>
    public static nint CreateContext(int depth)
    {
        nint context = 0;
        return Call(Setup, depth, (nint)(&context), 0, 0, 0) == 0
            ? context
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Gives a context back.</summary>
    public static void DestroyContext(nint context) => Call(Destroy, context, 0, 0, 0, 0);

    /// <summary>Gives requests to the kernel.</summary>
    /// <returns>How many it took, from the front; -1 if it refuses the first.</returns>
    public static int Submit(nint context, ControlBlock** blocks, int count) => (int)Call(SubmitCall, context, count, (nint)blocks, 0, 0);

    /// <summary>Takes what is complete.</summary>
    /// <param name="context">The context.</param>
    /// <param name="events">Where it is put.</param>
    /// <param name="most">Room there.</param>
    /// <param name="patience">How long to wait for one, in nanoseconds.</param>
    /// <returns>How many there are.</returns>
    public static int Wait(nint context, Event* events, int most, long patience)
    {
        const long Second = 1_000_000_000;
        long* time = stackalloc long[2] { patience / Second, patience % Second };
        return (int)Math.Max(Call(GetEvents, context, 1, most, (nint)events, (nint)time), 0);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Call(long number, long first, long second, long third, long fourth, long fifth);

    /// <summary>A request: struct iocb.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct ControlBlock
    {
        /// <summary>Comes back in <see cref="Event.Data"/>.</summary>
        [FieldOffset(0)] public long Data;

        /// <summary>What is asked.</summary>
        [FieldOffset(16)] public Operation Operation;

        /// <summary>Of which file.</summary>
        [FieldOffset(20)] public int File;

        /// <summary>The memory.</summary>
        [FieldOffset(24)] public byte* Memory;

        /// <summary>Bytes.</summary>
        [FieldOffset(32)] public long Length;

        /// <summary>Where in the file.</summary>
        [FieldOffset(40)] public long Offset;
    }

    /// <summary>What became of a request: struct io_event.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    public struct Event
    {
        /// <summary>The request's <see cref="ControlBlock.Data"/>.</summary>
        [FieldOffset(0)] public long Data;

        /// <summary>Bytes, or a negative error number.</summary>
        [FieldOffset(16)] public long Result;
    }
}
