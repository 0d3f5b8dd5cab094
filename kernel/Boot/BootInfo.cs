using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;

namespace Guest.Boot;

/// <summary>What every loader tells the kernel, in one form.</summary>
/// <remarks>It is filled before memory can be allocated, so it is a value of fixed size on the boot stack.</remarks>
internal unsafe ref struct BootInfo
{
    /// <summary>How many memory ranges are kept; a loader that names more loses the last ones.</summary>
    public const int MaximumRanges = 32;

    private Ranges _memory;
    private Characters _commandLine;
    private int _ranges;
    private int _commandLineLength;

    /// <summary>The time-stamp counter at entry.</summary>
    public ulong TscAtEntry;

    /// <summary>The longest command line that is kept, in bytes.</summary>
    public const int MaximumCommandLine = 1024;

    /// <summary>The physical address of ACPI's root pointer, or 0.</summary>
    public ulong AcpiRoot;

    /// <summary>The usable memory.</summary>
    [UnscopedRef]
    public ReadOnlySpan<MemoryRange> Memory => ((ReadOnlySpan<MemoryRange>)_memory)[.._ranges];

    /// <summary>The kernel's command line.</summary>
    [UnscopedRef]
    public ReadOnlySpan<char> CommandLine => ((ReadOnlySpan<char>)_commandLine)[.._commandLineLength];

    /// <summary>Whether the loader's command line was longer than <see cref="MaximumCommandLine"/>; what was cut must not pass silently.</summary>
    public bool CommandLineWasCut { get; private set; }

    /// <summary>Keeps a copy of the loader's command line, whose memory may be handed out soon: bytes up to a zero, or null.</summary>
    public void CopyCommandLine(byte* bytes)
    {
        while (bytes is not null && bytes[_commandLineLength] != 0)
        {
            if (_commandLineLength == MaximumCommandLine)
            {
                CommandLineWasCut = true;
                return;
            }

            _commandLine[_commandLineLength] = (char)bytes[_commandLineLength];
            _commandLineLength++;
        }
    }

    /// <summary>Adds usable memory, cut to whole frames.</summary>
    public void AddMemory(ulong start, ulong length)
    {
        const ulong frameMask = FrameAllocator.FrameSize - 1;
        ulong first = (start + frameMask) & ~frameMask;
        ulong end = (start + length) & ~frameMask;
        if (end > first && _ranges < MaximumRanges)
            _memory[_ranges++] = new MemoryRange(first, end);
    }

    [InlineArray(MaximumRanges)]
    private struct Ranges
    {
        private MemoryRange _first;
    }

    [InlineArray(MaximumCommandLine)]
    private struct Characters
    {
        private char _first;
    }
}
