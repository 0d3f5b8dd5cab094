using System;
using Guest.Core.Memory;

namespace Guest.Pv.Xen;

/// <summary>A PV domain's memory before anything can be allocated: turns the loader's page tables into the kernel's own.</summary>
/// <remarks>
/// The hypervisor reads the tables that it is given, checks every entry, and lets nobody write a page that is one. So the direct map
/// is written as plain memory, its tables mapped read-only in itself, and hung into the loader's top-level table by one hypercall, which
/// checks the whole tree. What does not fit into the first MiB (the only memory that is surely mapped and free at entry) is
/// done again through the direct map's first part.
/// </remarks>
public static unsafe class XenPvMemory
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong NoExecute = 1UL << 63;
    private const ulong AccessedDirty = 0x60;
    private const ulong User = 4;
    private const ulong ReadOnlyData = Present | AccessedDirty | NoExecute;
    private const ulong Data = ReadOnlyData | Writable;
    private const ulong Code = Present | AccessedDirty;
    private const ulong Table = Present | Writable | User | AccessedDirty;
    private const ulong FrameMask = 0x000f_ffff_ffff_f000;

    private const ulong EntriesPerTable = 512;
    private const ulong FirstMegabyteFrames = 256;
    private const ulong MostPages = 64UL << 18;

    /// <summary>Where Xen keeps the pseudo-physical frame of every machine frame (MACH2PHYS_VIRT_START).</summary>
    private const ulong MachineToPhysical = 0xffff_8000_0000_0000;

    private static ulong* s_frames;
    private static ulong s_root;
    private static ulong s_pages;
    private static ulong s_loaderEnd;
    private static ulong s_freeStart;
    private static ulong s_window;

    /// <summary>The machine frame of a pseudo-physical one.</summary>
    public static ulong MachineFrame(ulong frame) => s_frames[frame];

    /// <summary>The pseudo-physical frame of a machine frame of this domain.</summary>
    public static ulong PseudoPhysicalFrame(ulong machineFrame) => ((ulong*)MachineToPhysical)[machineFrame];

    /// <summary>The pseudo-physical address of the top-level table.</summary>
    public static ulong Root => s_root;

    /// <summary>Below the image: the free memory's start.</summary>
    public static ulong FreeStart => s_freeStart;

    /// <summary>Above the image and what the loader left behind it: the free memory's start.</summary>
    public static ulong LoaderEnd => s_loaderEnd;

    /// <summary>The end of memory.</summary>
    public static ulong End => s_pages << 12;

    /// <summary>Builds the direct map and gives the image its rights. Afterwards nothing is mapped but these two, and the start
    /// information must be read through the direct map.</summary>
    /// <param name="start">The start information, as the entry was given it.</param>
    /// <param name="loaderStackTop">The end of what the loader placed.</param>
    public static void TakeOver(XenStartInfo* start, ulong loaderStackTop)
    {
        ImageLayout image = ImageLayout.OfThisImage;
        s_window = AddressSpace.ImageBase;
        s_frames = (ulong*)start->FrameList;
        s_root = start->PageTableBase - AddressSpace.ImageBase;
        s_pages = Math.Min(start->Pages, MostPages);
        s_loaderEnd = (loaderStackTop - AddressSpace.ImageBase + 4095) & ~4095UL;
        ulong loaderTables = s_root >> 12;
        ulong loaderTablesEnd = loaderTables + start->PageTableFrames;
        ulong fixedStart = (image.Start - AddressSpace.ImageBase) >> 12;
        ulong fixedEnd = (image.ConstantsEnd - AddressSpace.ImageBase) >> 12;

        ulong tables = (s_pages + EntriesPerTable - 1) / EntriesPerTable;
        ulong directories = (tables + EntriesPerTable - 1) / EntriesPerTable;
        ulong directory = 2;
        ulong firstTable = directory + directories;
        ulong early = Math.Min(tables, FirstMegabyteFrames - firstTable);

        ulong* pointers = EmptyTable(1);
        for (ulong i = 0; i < directories; i++)
        {
            EmptyTable(directory + i);
            pointers[i] = TableEntry(directory + i);
        }

        for (ulong i = 0; i < early; i++)
        {
            FillTable(EmptyTable(firstTable + i), i, firstTable + early, fixedStart, fixedEnd, loaderTables, loaderTablesEnd);
            TableAt(directory + (i / EntriesPerTable))[i % EntriesPerTable] = TableEntry(firstTable + i);
        }

        MmuUpdates updates = default;
        UnmapWindow(ref updates, 0, image.Start - AddressSpace.ImageBase);
        updates.Add(EntryAddress(s_root, AddressSpace.DirectMapBase, 39), TableEntry(1));
        updates.Flush();

        s_window = AddressSpace.DirectMapBase;
        s_frames = (ulong*)AddressSpace.Direct(start->FrameList - AddressSpace.ImageBase);
        s_freeStart = (firstTable + early) << 12;
        UnmapWindow(ref updates, image.End - AddressSpace.ImageBase, ulong.MaxValue);
        ProtectImage(ref updates, image);
        updates.Flush();
        AddLateTables(ref updates, tables, early, directory);
        FlushTranslations();
    }

    /// <summary>Makes one page of the direct map read-only, as a page-table page must be.</summary>
    public static void MakeReadOnly(ulong physical) => SetRights(physical, ReadOnlyData);

    /// <summary>Makes it writable again, once no entry leads to it as to a table.</summary>
    public static void MakeWritable(ulong physical) => SetRights(physical, Data);

    /// <summary>The machine address of a pointer into the direct map.</summary>
    public static ulong MachineAddress(void* pointer)
    {
        ulong physical = AddressSpace.PhysicalOf(pointer);
        return (MachineFrame(physical >> 12) << 12) | (physical & 4095);
    }

    /// <summary>Has the processor forget every translation.</summary>
    public static void FlushTranslations()
    {
        const uint flushLocal = 6;
        ulong* operation = stackalloc ulong[3];
        operation[0] = flushLocal;
        XenHypercall.Invoke(HypercallNumber.MmuExtOp, (ulong)operation, 1, 0, XenHypercall.DomainSelf);
    }

    private static void SetRights(ulong physical, ulong rights)
    {
        const ulong invalidateHere = 2; // UVMF_INVLPG
        ulong entry = (MachineFrame(physical >> 12) << 12) | rights;
        XenHypercall.Invoke(HypercallNumber.UpdateVaMapping, (ulong)AddressSpace.Direct(physical), entry, invalidateHere, 0);
    }

    private static ulong* TableAt(ulong frame) => (ulong*)(s_window + (frame << 12));

    private static ulong TableEntry(ulong frame) => (MachineFrame(frame) << 12) | Table;

    private static ulong* EmptyTable(ulong frame)
    {
        new Span<ulong>(TableAt(frame), (int)EntriesPerTable).Clear();
        return TableAt(frame);
    }

    /// <summary>Writes the direct map's table number <paramref name="index"/>: all rw-, but r-- for tables, code and constants.</summary>
    private static void FillTable(
        ulong* table, ulong index, ulong tablesEnd, ulong fixedStart, ulong fixedEnd, ulong loaderTables, ulong loaderTablesEnd)
    {
        ulong first = index * EntriesPerTable;
        ulong count = Math.Min(EntriesPerTable, s_pages - first);
        ulong* frames = s_frames + first;
        for (ulong i = 0; i < count; i++)
            table[i] = (frames[i] << 12) | Data;
        Protect(table, first, count, 1, tablesEnd);
        Protect(table, first, count, fixedStart, fixedEnd);
        Protect(table, first, count, loaderTables, loaderTablesEnd);
    }

    private static void Protect(ulong* table, ulong first, ulong count, ulong from, ulong to)
    {
        from = Math.Max(from, first);
        to = Math.Min(to, first + count);
        for (ulong frame = from; frame < to; frame++)
            table[frame - first] &= ~Writable;
    }

    /// <summary>The tables for which the first MiB had no room: taken from memory that the direct map reaches already.</summary>
    private static void AddLateTables(ref MmuUpdates updates, ulong tables, ulong early, ulong directory)
    {
        ulong first = s_loaderEnd >> 12;
        for (ulong i = early; i < tables; i++)
        {
            ulong frame = first + i - early;
            FillTable(EmptyTable(frame), i, 0, 0, 0, 0, 0);
            updates.Add(
                EntryAddress(s_root, AddressSpace.DirectMapBase + (frame << 12), 12), (MachineFrame(frame) << 12) | ReadOnlyData);
            updates.Add(
                (MachineFrame(directory + (i / EntriesPerTable)) << 12) + (i % EntriesPerTable * 8), TableEntry(frame));
        }

        s_loaderEnd += (tables - early) << 12;
        updates.Flush();
    }

    private static void ProtectImage(ref MmuUpdates updates, in ImageLayout image)
    {
        for (ulong at = image.Start; at < image.End; at += 4096)
        {
            ulong rights = at < image.TextEnd ? Code : at < image.ConstantsEnd ? ReadOnlyData : Data;
            updates.Add(
                EntryAddress(s_root, at, 12), (MachineFrame((at - AddressSpace.ImageBase) >> 12) << 12) | rights);
        }
    }

    /// <summary>Unmaps the loader's mapping of [<paramref name="from"/>, <paramref name="to"/>), or up to where it ends.</summary>
    private static void UnmapWindow(ref MmuUpdates updates, ulong from, ulong to)
    {
        for (ulong at = from; at < to; at += 4096)
        {
            ulong entry = EntryAddress(s_root, AddressSpace.ImageBase + at, 12);
            if (entry == 0)
                return;
            updates.Add(entry, 0);
        }
    }

    /// <summary>The machine address of the entry that translates <paramref name="address"/> at the level of <paramref name="leafShift"/>; 0 if
    /// there is no table for it.</summary>
    private static ulong EntryAddress(ulong root, ulong address, int leafShift)
    {
        ulong frame = root >> 12;
        for (int shift = 39; shift > leafShift; shift -= 9)
        {
            ulong entry = TableAt(frame)[(address >> shift) & (EntriesPerTable - 1)];
            if ((entry & Present) == 0)
                return 0;
            frame = PseudoPhysicalFrame((entry & FrameMask) >> 12);
        }

        return (MachineFrame(frame) << 12) + (((address >> leafShift) & (EntriesPerTable - 1)) * 8);
    }
}
