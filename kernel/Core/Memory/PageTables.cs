using System;

namespace Guest.Core.Memory;

/// <summary>Four-level x86-64 page tables (Intel SDM vol. 3, 4.5): mappings are added, changed and taken away.</summary>
/// <remarks>Where table pages come from, how they are reached and how an entry is written differ between bare x86 and Xen PV: the abstract
/// members. Entries of pages may be written in batches, which <see cref="Flush"/> ends.</remarks>
public abstract unsafe partial class PageTables
{
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;
    private const ulong PageSize = FrameAllocator.FrameSize;
    private const ulong Entries = 512;

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
        CheckPages(address | physical | length);
        while (length != 0)
        {
            int shift = LargestShift;
            while (shift > 12 && (((address | physical) & ((1UL << shift) - 1)) != 0 || length < 1UL << shift))
                shift -= 9;

            // Where the table ends, larger pages may begin.
            ulong index = (address >> shift) & (Entries - 1);
            ulong count = Math.Min(Entries - index, length >> shift);
            MapRun(address, physical, shift, count, flags);
            ulong step = count << shift;
            address += step;
            physical += step;
            length -= step;
        }

        Flush();
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

    /// <summary>Where the memory behind an address is.</summary>
    /// <returns>False if nothing is mapped there.</returns>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        ulong entry = Find(address, out int shift);
        ulong within = (1UL << shift) - 1;
        physical = entry == 0 ? 0 : (PhysicalIn(entry) & ~within) | (address & within);
        return entry != 0;
    }

    /// <summary>A cleared page for a table.</summary>
    protected abstract ulong AllocateTable();

    /// <summary>Takes a table's page back, which no entry leads to any more.</summary>
    protected abstract void FreeTable(ulong physical);

    /// <summary>Has the processor forget what it knows of an address range's translations, which were changed or taken away.</summary>
    protected abstract void Invalidate(ulong address, ulong length);

    /// <summary>How the table at a physical address is read.</summary>
    protected abstract ulong* TableAt(ulong physical);

    /// <summary>Writes an entry that leads to <paramref name="physical"/>, now or at the next <see cref="Flush"/>; on Xen PV the address is translated and
    /// the write is a part of a hypercall.</summary>
    protected virtual void Write(ulong* entry, ulong physical, PageFlags flags) => *entry = physical | (ulong)flags;

    /// <summary>Writes entries that are beside each other and lead to pages that are, too.</summary>
    protected virtual void WriteRun(ulong* entry, ulong physical, ulong pageSize, ulong count, PageFlags flags)
    {
        for (ulong i = 0; i < count; i++, physical += pageSize)
            Write(entry + i, physical, flags);
    }

    /// <summary>Writes an entry that leads nowhere, now or at the next <see cref="Flush"/>.</summary>
    protected virtual void Clear(ulong* entry) => *entry = 0;

    /// <summary>Sees to it that everything is written.</summary>
    protected virtual void Flush()
    {
    }

    /// <summary>The physical address that an entry leads to.</summary>
    protected virtual ulong PhysicalIn(ulong entry) => entry & AddressMask;

    /// <summary>Maps pages of one size whose entries are beside each other in one table.</summary>
    private void MapRun(ulong address, ulong physical, int leafShift, ulong count, PageFlags flags)
    {
        ulong table = Root;
        for (int shift = 39; shift > leafShift; shift -= 9)
        {
            ulong* entry = Entry(table, address, shift);
            if ((*entry & (ulong)PageFlags.Present) == 0)
            {
                ulong next = AllocateTable();
                Write(entry, next, PageFlags.Present | PageFlags.Writable | (flags & PageFlags.User));
                Flush(); // the next page is looked up through it
                table = next;
            }
            else
            {
                if (shift < 39 && (*entry & (ulong)PageFlags.Large) != 0)
                    throw new InvalidOperationException("an address was mapped twice");
                table = PhysicalIn(*entry);
            }
        }

        WriteRun(Entry(table, address, leafShift), physical, 1UL << leafShift, count, leafShift > 12 ? flags | PageFlags.Large : flags);
    }

    private static void CheckPages(ulong bits)
    {
        if ((bits & (PageSize - 1)) != 0)
            throw new ArgumentException("a mapping must begin and end on a page");
    }

    private ulong* Entry(ulong table, ulong address, int shift) => TableAt(table) + ((address >> shift) & (Entries - 1));
}
