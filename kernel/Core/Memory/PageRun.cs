using System;
using System.Threading;

namespace Guest.Core.Memory;

/// <summary>Pages of <see cref="DeviceMemory"/> that are given back when their device goes, for the next one that needs as many.</summary>
/// <remarks>What is taken and given back in turn takes no more memory, however often. Nothing here is called per packet.</remarks>
public sealed unsafe partial class PageRun
{
    private static PageRun? s_spare;
    private readonly int _count;
    private PageRun? _nextSpare;

    private PageRun(int count)
    {
        _count = count;
        Memory = DeviceMemory.AllocatePages(count);
    }

    /// <summary>The first page.</summary>
    public byte* Memory { get; }

    /// <summary>Takes zeroed pages that were given back, or else new ones, contiguous to the device.</summary>
    /// <exception cref="OutOfMemoryException">The machine has no such run of pages left.</exception>
    public static PageRun Take(int count)
    {
        // The whole list at once: hosted tests run side by side.
        PageRun? rest = Interlocked.Exchange(ref s_spare, null);
        PageRun? found = null;
        while (rest is { } run)
        {
            rest = run._nextSpare;
            if (found is null && run._count == count)
                found = run;
            else
                run.GiveBack();
        }

        if (found is null)
            return new PageRun(count);
        new Span<byte>(found.Memory, count * DeviceMemory.PageSize).Clear();
        return found;
    }

    /// <summary>Gives the pages back; once, and only when the device can no longer write to them.</summary>
    public void GiveBack()
    {
        PageRun? first;
        do
        {
            first = Volatile.Read(ref s_spare);
            _nextSpare = first;
        }
        while (Interlocked.CompareExchange(ref s_spare, this, first) != first);
    }
}
