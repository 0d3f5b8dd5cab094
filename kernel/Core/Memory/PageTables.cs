using System;

namespace Guest.Core.Memory;

/// <summary>Four-level x86-64 page tables under construction, and later additions to them (Intel SDM vol. 3, 4.5).</summary>
/// <remarks>Where table pages come from, how they are reached and how an entry is written differ between bare x86 and Xen PV: the three
/// abstract members. Mappings are only ever added.</remarks>
public abstract unsafe class PageTables
{
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;
    private const ulong PageSize = FrameAllocator.FrameSize;

    /// <summary>Starts with an empty top-level table.</summary>
    protected PageTables(ulong root) => Root = root;

    /// <summary>The physical address of the top-level table.</summary>
    public ulong Root { get; }

    /// <summary>The largest page that may be used, as an address shift: 12, 21 or 30.</summary>
    protected virtual int LargestShift => 21;

    /// <summary>Maps [<paramref name="address"/>, + <paramref name="length"/>) to the physical memory at <paramref name="physical"/>, by the
    /// largest pages that alignment allows. All three must be multiples of 4,096.</summary>
    public void Map(ulong address, ulong physical, ulong length, PageFlags flags)
    {
        if (((address | physical | length) & (PageSize - 1)) != 0)
            throw new ArgumentException("a mapping must begin and end on a page");
        while (length != 0)
        {
            int shift = LargestShift;
            while (shift > 12 && (((address | physical) & ((1UL << shift) - 1)) != 0 || length < 1UL << shift))
                shift -= 9;
            MapOne(address, physical, shift, flags);
            ulong step = 1UL << shift;
            address += step;
            physical += step;
            length -= step;
        }
    }

    /// <summary>The leaf entry that translates <paramref name="address"/>, and its page size as a shift; 0 if there is none.</summary>
    public ulong Find(ulong address, out int shift)
    {
        ulong table = Root;
        for (shift = 39; ; shift -= 9)
        {
            ulong entry = *Entry(table, address, shift);
            if ((entry & (ulong)PageFlags.Present) == 0)
                return 0;
            if (shift == 12 || (shift < 39 && (entry & (ulong)PageFlags.Large) != 0))
                return entry;
            table = PhysicalIn(entry);
        }
    }

    /// <summary>A cleared page for a table.</summary>
    protected abstract ulong AllocateTable();

    /// <summary>How the table at a physical address is read.</summary>
    protected abstract ulong* TableAt(ulong physical);

    /// <summary>Writes an entry that leads to <paramref name="physical"/>; on Xen PV the address is translated and the write is a hypercall.</summary>
    protected virtual void Write(ulong* entry, ulong physical, PageFlags flags) => *entry = physical | (ulong)flags;

    /// <summary>The physical address that an entry leads to.</summary>
    protected virtual ulong PhysicalIn(ulong entry) => entry & AddressMask;

    private void MapOne(ulong address, ulong physical, int leafShift, PageFlags flags)
    {
        ulong table = Root;
        for (int shift = 39; shift > leafShift; shift -= 9)
        {
            ulong* entry = Entry(table, address, shift);
            if ((*entry & (ulong)PageFlags.Present) == 0)
            {
                ulong next = AllocateTable();
                Write(entry, next, PageFlags.Present | PageFlags.Writable | (flags & PageFlags.User));
                table = next;
            }
            else
            {
                if (shift < 39 && (*entry & (ulong)PageFlags.Large) != 0)
                    throw new InvalidOperationException("an address was mapped twice");
                table = PhysicalIn(*entry);
            }
        }

        Write(Entry(table, address, leafShift), physical, leafShift > 12 ? flags | PageFlags.Large : flags);
    }

    private ulong* Entry(ulong table, ulong address, int shift) => TableAt(table) + ((address >> shift) & 511);
}
