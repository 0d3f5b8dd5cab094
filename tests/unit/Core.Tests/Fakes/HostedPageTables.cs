using Guest.Core.Memory;

namespace Guest.Core.Tests.Fakes;

/// <summary>Page tables in the process's memory, so that a test can walk them as a processor would.</summary>
internal sealed unsafe class HostedPageTables(int largestShift) : PageTables(NewTable())
{
    public int Tables { get; private set; } = 1;

    protected override int LargestShift => largestShift;

    protected override ulong AllocateTable()
    {
        Tables++;
        return NewTable();
    }

    protected override ulong* TableAt(ulong physical) => (ulong*)physical;

    private static ulong NewTable() => (ulong)DeviceMemory.AllocatePages(1);
}
