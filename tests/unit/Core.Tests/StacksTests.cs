using System;
using Guest.Core.Memory;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

/// <summary>Stacks come and go, with the memory behind them and the tables that map them. No other test uses the machine's one allocator.</summary>
public sealed unsafe class StacksTests
{
    private const ulong StackBytes = 64 * 1024;
    private const int Pages = 4096;

    [Fact]
    public void A_million_stacks_that_come_and_go_leave_memory_and_tables_where_they_were()
    {
        byte* memory = DeviceMemory.AllocatePages(Pages);
        PhysicalMemory.Frames.Add((ulong)memory, (ulong)(memory + ((long)Pages * DeviceMemory.PageSize)), 0, 0);
        HostedPageTables tables = new(21);
        ulong[] tops = new ulong[50];
        Turn(tables, tops);
        ulong free = PhysicalMemory.Frames.FreeBytes;
        int tablesBefore = tables.Tables;
        ulong highest = 0;
        for (int i = 0; i < 1_000_000 / tops.Length; i++)
            highest = Math.Max(highest, Turn(tables, tops));

        Assert.Equal(free, PhysicalMemory.Frames.FreeBytes);
        Assert.Equal(tablesBefore, tables.Tables);
        Assert.InRange(highest, AddressSpace.StackBase, AddressSpace.StackBase + (100 * 256 * 1024));
    }

    private static ulong Turn(HostedPageTables tables, ulong[] tops)
    {
        ulong highest = 0;
        for (int i = 0; i < tops.Length; i++)
        {
            tops[i] = Stacks.Allocate(tables, StackBytes);
            Assert.True(tables.TryTranslate(tops[i] - 1, out ulong physical));
            *(byte*)physical = 1;
            highest = Math.Max(highest, tops[i]);
        }

        foreach (ulong top in tops)
        {
            Stacks.Free(tables, top, StackBytes);
            Assert.False(tables.TryTranslate(top - 1, out _));
        }

        tables.Invalidated.Clear();
        return highest;
    }
}
