using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;

namespace Guest.Boot;

/// <summary>What every loader tells the kernel, in one form.</summary>
/// <remarks>It is filled before memory can be allocated, so it is a value of fixed size on the boot stack.</remarks>
internal unsafe ref struct BootInfo
{
    /// <summary>The usable memory: <see cref="MemoryMap.CutToFrames"/> ends its making.</summary>
    public MemoryMap Map;

    private Characters _commandLine;
    private int _commandLineLength;

    /// <summary>The time-stamp counter at entry.</summary>
    public ulong TscAtEntry;

    /// <summary>The longest command line that is kept, in bytes.</summary>
    public const int MaximumCommandLine = 1024;

    /// <summary>The physical address of ACPI's root pointer, or 0.</summary>
    public ulong AcpiRoot;

    /// <summary>The usable memory, in whole frames.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<MemoryRange> Memory => Map.Memory;

    /// <summary>The kernel's command line.</summary>
    [UnscopedRef]
    public ReadOnlySpan<char> CommandLine => ((ReadOnlySpan<char>)_commandLine)[.._commandLineLength];

    /// <summary>Whether the command line is, or may be, only the beginning of what was written; what was cut must not pass silently.</summary>
    public bool CommandLineWasCut { get; private set; }

    /// <summary>How many bytes of a command line are kept whole: by the kernel, or by a loader that keeps fewer.</summary>
    public int CommandLineLimit { get; private set; }

    /// <summary>Keeps a copy of the loader's command line, whose memory may be handed out soon: bytes up to a zero, or null.</summary>
    /// <param name="bytes">The loader's bytes.</param>
    /// <param name="limit">From how many bytes on the line must be taken for a longer one's beginning.</param>
    public void CopyCommandLine(byte* bytes, int limit = MaximumCommandLine + 1)
    {
        CommandLineLimit = limit - 1;
        while (bytes is not null && bytes[_commandLineLength] != 0)
        {
            if (_commandLineLength == CommandLineLimit)
            {
                CommandLineWasCut = true;
                return;
            }

            _commandLine[_commandLineLength] = (char)bytes[_commandLineLength];
            _commandLineLength++;
        }
    }

    [InlineArray(MaximumCommandLine)]
    private struct Characters
    {
        private char _first;
    }
}
