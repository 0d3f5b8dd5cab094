namespace Guest.Pv.Xen;

/// <summary>Changes of page-table entries on their way to the hypervisor, which takes many at once (xen.h, <c>mmu_update</c>).</summary>
internal unsafe struct MmuUpdates
{
    private const int Capacity = 128;

    private fixed ulong _requests[Capacity * 2];
    private int _count;

    /// <summary>Adds a change; the last ones must be flushed.</summary>
    /// <param name="entry">The entry's machine address.</param>
    /// <param name="value">What it becomes, with a machine frame.</param>
    public void Add(ulong entry, ulong value)
    {
        if (_count == Capacity)
            Flush();
        _requests[2 * _count] = entry;
        _requests[(2 * _count) + 1] = value;
        _count++;
    }

    /// <summary>Makes the changes that were added. A refusal is this kernel's mistake, and its end.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        fixed (ulong* requests = _requests)
        {
            if (XenHypercall.Invoke(HypercallNumber.MmuUpdate, (ulong)requests, (ulong)_count, 0, XenHypercall.DomainSelf) != 0)
                XenHypercall.Die("Xen refuses a page table\n"u8);
        }

        _count = 0;
    }
}
