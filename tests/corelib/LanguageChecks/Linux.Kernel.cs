using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace LanguageChecks;

/// <summary>What Boot is to the kernel: entry, memory, panic and output, over Linux's system calls (Start.S).</summary>
internal static unsafe class Linux
{
    /// <summary>The exit code after a panic.</summary>
    private const int PanicExitCode = 101;

    private const ulong ArenaBytes = 16 * 1024 * 1024;

    private static bool s_arenaTaken;

    public static void Write(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[256];
        int length = 0;
        foreach (char c in text)
        {
            if (length < bytes.Length)
                bytes[length++] = (byte)c;
        }

        fixed (byte* first = bytes)
            WriteBytes(first, length);
    }

    [RuntimeExport("start_program")]
    private static void Start(int argc, byte** argv)
    {
        Arena.Initialize(&TakeChunk);
        StartupCode.Initialize();
        Exit(RunProgram(argc - 1, argv + 1));
    }

    private static byte* TakeChunk(ulong least, out ulong size)
    {
        size = ArenaBytes;
        if (s_arenaTaken || least > ArenaBytes)
            return null;
        s_arenaTaken = true;
        return ArenaMemory();
    }

    [RuntimeExport("guest_panic")]
    private static void OnPanic(char* message, int length)
    {
        Write("panic: ");
        Write(new ReadOnlySpan<char>(message, length));
        Write("\n");
        Exit(PanicExitCode);
    }

    [RuntimeImport("*", "linux_write")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WriteBytes(byte* bytes, nint count);

    [RuntimeImport("*", "linux_exit")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Exit(int code);

    [RuntimeImport("*", "arena_memory")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* ArenaMemory();

    [RuntimeImport("*", "__managed__Main")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int RunProgram(int argc, byte** argv);
}
