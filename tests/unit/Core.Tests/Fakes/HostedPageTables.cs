using System;
using System.Collections.Generic;
using Guest.Core.Memory;

namespace Guest.Core.Tests.Fakes;

/// <summary>Page tables in the process's memory, so that a test can walk them as a processor would.</summary>
internal sealed unsafe class HostedPageTables(int largestShift) : PageTables(NewTable())
{
    private readonly List<(nint Entry, ulong Value)> _pending = [];

    public int Tables { get; private set; } = 1;

    protected override int LargestShift => largestShift;

    protected override ulong AllocateTable()
    {
        Tables++;
        return NewTable();
    }

    /// <summary>The ranges that the processor was told to forget.</summary>
    public List<(ulong Address, ulong Length)> Invalidated { get; } = [];

    /// <summary>Changes that are not written before <see cref="Flush"/>, as a hypervisor's are.</summary>
    public bool Batches { get; init; }

    /// <summary>How often there was something to write.</summary>
    public int Flushes { get; private set; }

    protected override void FreeTable(ulong physical)
    {
        Assert.True(new ReadOnlySpan<ulong>((void*)physical, 512).IndexOfAnyExcept(0ul) < 0, "a table with entries is freed");
        Tables--;
    }

    protected override void Invalidate(ulong address, ulong length) => Invalidated.Add((address, length));

    protected override void Write(ulong* entry, ulong physical, PageFlags flags)
    {
        if (Batches)
            _pending.Add(((nint)entry, physical | (ulong)flags));
        else
            base.Write(entry, physical, flags);
    }

    protected override void Clear(ulong* entry)
    {
        if (Batches)
            _pending.Add(((nint)entry, 0));
        else
            base.Clear(entry);
    }

    protected override void Flush()
    {
        if (_pending.Count != 0)
            Flushes++;
        foreach ((nint entry, ulong value) in _pending)
            *(ulong*)entry = value;
        _pending.Clear();
    }

    protected override ulong* TableAt(ulong physical) => (ulong*)physical;

    private static ulong NewTable() => (ulong)DeviceMemory.AllocatePages(1);
}
