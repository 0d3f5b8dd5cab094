using System;

namespace Guest.Core.Memory;

// What becomes of mappings that there are: they are taken away, or get other rights.
public abstract unsafe partial class PageTables
{
    private const int EntriesPerTable = 512;

    /// <summary>Takes away what is mapped in [<paramref name="address"/>, + <paramref name="length"/>), and the tables that are empty then. The memory
    /// behind it is the caller's to free.</summary>
    public void Unmap(ulong address, ulong length)
    {
        CheckPages(address | length);
        ulong end = address + length;
        for (ulong at = address; at < end;)
        {
            ulong* entry = FindWhole(at, end - at, out int shift);
            if (entry != null)
                Clear(entry);
            at = (at | ((1UL << shift) - 1)) + 1;
        }

        Flush();
        FreeEmptyTables(Root, 39, address, end - 1);
        Invalidate(address, length);
    }

    /// <summary>Gives all of [<paramref name="address"/>, + <paramref name="length"/>) other rights; it must be mapped.</summary>
    public void Protect(ulong address, ulong length, PageFlags flags)
    {
        CheckPages(address | length);
        ulong end = address + length;
        for (ulong at = address; at < end;)
        {
            ulong* entry = FindWhole(at, end - at, out int shift);
            if (entry == null)
                throw new InvalidOperationException("what is not mapped has no rights");
            ulong physical = PhysicalIn(*entry) & ~((1UL << shift) - 1);
            Write(entry, physical, shift > 12 ? flags | PageFlags.Large : flags);
            at += 1UL << shift;
        }

        Flush();
        Invalidate(address, length);
    }

    /// <summary>The leaf entry at an address, of a page that lies wholly within the length: a larger one is split.</summary>
    /// <returns>Null if nothing is mapped there, up to the next multiple of 2 to the power of <paramref name="shift"/>.</returns>
    private ulong* FindWhole(ulong address, ulong length, out int shift)
    {
        ulong table = Root;
        for (shift = 39; ; shift -= 9)
        {
            ulong* entry = Entry(table, address, shift);
            if ((*entry & (ulong)PageFlags.Present) == 0)
                return null;
            bool isLarge = shift is > 12 and < 39 && (*entry & (ulong)PageFlags.Large) != 0;
            ulong size = 1UL << shift;
            if (shift == 12 || (isLarge && (address & (size - 1)) == 0 && length >= size))
                return entry;
            if (isLarge)
                Split(entry, shift);
            table = PhysicalIn(*entry);
        }
    }

    /// <summary>Maps by a table of smaller pages what one large page maps.</summary>
    private void Split(ulong* entry, int shift)
    {
        int smaller = shift - 9;
        ulong physical = PhysicalIn(*entry) & ~((1UL << shift) - 1);
        PageFlags flags = (PageFlags)(*entry & ~AddressMask);
        if (smaller == 12)
            flags &= ~PageFlags.Large;
        ulong table = AllocateTable();
        for (ulong i = 0; i < EntriesPerTable; i++)
            Write(TableAt(table) + i, physical + (i << smaller), flags);
        Write(entry, table, PageFlags.Present | PageFlags.Writable | (flags & PageFlags.User));
        Flush();
    }

    /// <summary>Frees the tables below one that are empty, of those that translate what lies between two addresses. Those right below the root stay: each is for 512
    /// GiB.</summary>
    private void FreeEmptyTables(ulong table, int shift, ulong first, ulong last)
    {
        for (ulong at = first; ; at = (at | ((1UL << shift) - 1)) + 1)
        {
            ulong* entry = Entry(table, at, shift);
            if ((*entry & (ulong)PageFlags.Present) != 0 && (shift == 39 || (*entry & (ulong)PageFlags.Large) == 0))
            {
                ulong below = PhysicalIn(*entry);
                if (shift > 21)
                    FreeEmptyTables(below, shift - 9, at, Math.Min(last, at | ((1UL << shift) - 1)));
                if (shift < 39 && IsEmpty(below))
                {
                    Clear(entry);
                    Flush();
                    FreeTable(below);
                }
            }

            if ((at | ((1UL << shift) - 1)) >= last)
                return;
        }
    }

    private bool IsEmpty(ulong table)
    {
        ulong* entries = TableAt(table);
        for (int i = 0; i < EntriesPerTable; i++)
        {
            if (entries[i] != 0)
                return false;
        }

        return true;
    }
}
