using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Calls through interfaces.</summary>
/// <remarks>
/// A call loads its cell's address into r11 and calls what the cell's first word points at. At first that is
/// <c>RhpInitialDynamicInterfaceDispatch</c> (Runtime/Dispatch.S) and the second word names the interface; a run of cells ends with a word
/// of zero and the method's slot. <see cref="ResolveAndCache"/> finds the method and gives the cell a table of (type, code) pairs
/// in place of the name, and the first word a stub that searches it. A table never changes once it is in a cell: an interrupt or another
/// processor sees the old one or the new one. The two words change one after the other, and both orders of seeing them are understood.
/// </remarks>
internal static unsafe class InterfaceDispatch
{
    /// <summary>Types that a cell remembers; a call that meets more is resolved anew each time for the later ones.</summary>
    private const int MaxEntries = 16;

    /// <summary>In a cell's second word: the low bits say what the others are.</summary>
    private const nint TagMask = 3;
    private const nint TagTable = 0;
    private const nint TagInterface = 1;
    private const nint TagIndirectRelative = 2;
    private const nint TagRelative = 3;

    /// <summary>The cell's code for this object; called from assembly with the object, its arguments put by.</summary>
    [RuntimeExport("GuestResolveInterface")]
    private static nint ResolveAndCache(object obj, nint cell)
    {
        Cell* place = (Cell*)cell;
        nint seen = Volatile.Read(ref place->Data);
        Table* old = (seen & TagMask) == TagTable ? (Table*)seen : null;
        MethodTable* type = obj.TypeTable;
        nint code = FindInTable(old, type);
        if (code != 0)
            return code;
        MethodTable* interfaceType = InterfaceOf(&place->Data, seen);
        code = Find(type, interfaceType, SlotOf(place));
        int count = old is null ? 0 : (int)old->Count;
        if (count < MaxEntries)
        {
            Table* table = Grow(old, count, interfaceType, type, code);
            Interlocked.CompareExchange(ref place->Data, (nint)table, seen);
            Volatile.Write(ref place->Code, CachedDispatchAddress());
        }

        return code;
    }

    /// <summary>The code that a delegate to an interface's method means.</summary>
    [RuntimeExport("RhpResolveInterfaceMethod")]
    internal static nint Resolve(object obj, nint cell)
    {
        Cell* place = (Cell*)cell;
        nint seen = Volatile.Read(ref place->Data);
        return Find(obj.TypeTable, InterfaceOf(&place->Data, seen), SlotOf(place));
    }

    /// <summary>Finds the method that implements slot <paramref name="slot"/> of an interface: the type's own or a base class's, else one
    /// of a variant of the interface, else the interface's own default.</summary>
    private static nint Find(MethodTable* type, MethodTable* interfaceType, int slot)
    {
        nint code = FindInHierarchy(type, interfaceType, slot, variant: false, defaults: false);
        if (code == 0 && interfaceType->HasVariance)
            code = FindInHierarchy(type, interfaceType, slot, variant: true, defaults: false);
        if (code == 0)
            code = FindInHierarchy(type, interfaceType, slot, variant: false, defaults: true);
        if (code == 0 && interfaceType->HasVariance)
            code = FindInHierarchy(type, interfaceType, slot, variant: true, defaults: true);
        if (code == 0)
            Panic.Fail("System.EntryPointNotFoundException: an interface method has no implementation");
        return code;
    }

    private static nint FindInHierarchy(MethodTable* type, MethodTable* interfaceType, int slot, bool variant, bool defaults)
    {
        for (MethodTable* current = type; current is not null; current = current->Base)
        {
            DispatchMap* map = MethodTable.FindDispatchMap(current);
            if (map is null)
                continue;
            DispatchMapEntry* entry = DispatchMap.Entries(map) + (defaults ? map->StandardCount : 0);
            DispatchMapEntry* end = entry + (defaults ? map->DefaultCount : map->StandardCount);
            for (; entry < end; entry++)
            {
                if (entry->InterfaceSlot != slot)
                    continue;
                MethodTable* candidate = MethodTable.Interfaces(current)[entry->InterfaceIndex];
                if (candidate != interfaceType && !(variant && TypeCast.MatchesByVariance(candidate, interfaceType)))
                    continue;
                if (entry->ImplementationSlot >= DispatchMapEntry.Diamond)
                    Panic.Fail("System.AmbiguousImplementationException: an interface method has two default implementations, or none");
                nint code = MethodTable.Slot(type, entry->ImplementationSlot, current);
                if ((code & 2) != 0)
                    Panic.Fail("a default interface method in shared generic code cannot be called in the kernel");
                return code;
            }
        }

        return 0;
    }

    private static MethodTable* InterfaceOf(nint* data, nint value) => (value & TagMask) switch
    {
        TagTable => ((Table*)value)->Interface,
        TagInterface => (MethodTable*)(value & ~TagMask),
        TagIndirectRelative => *(MethodTable**)((byte*)data + (int)(value & ~TagMask)),
        _ => (MethodTable*)((byte*)data + (int)(value & ~TagMask)),
    };

    private static int SlotOf(Cell* cell)
    {
        while (cell->Code != 0)
            cell++;
        return (ushort)cell->Data;
    }

    private static nint FindInTable(Table* table, MethodTable* type)
    {
        if (table is null)
            return 0;
        Entry* entry = &table->First;
        while (entry->Type is not null && entry->Type != type)
            entry++;
        return entry->Code;
    }

    /// <summary>A new table: the old one's entries and one more.</summary>
    private static Table* Grow(Table* old, int count, MethodTable* interfaceType, MethodTable* type, nint code)
    {
        byte[] memory = new byte[sizeof(Table) + ((count + 1) * sizeof(Entry))];
        Table* table = (Table*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        table->Interface = interfaceType;
        table->Count = count + 1;
        Entry* entries = &table->First;
        for (int i = 0; i < count; i++)
            entries[i] = (&old->First)[i];
        entries[count].Type = type;
        entries[count].Code = code;
        return table;
    }

    [RuntimeImport("*", "GuestCachedDispatchAddress")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint CachedDispatchAddress();

    [StructLayout(LayoutKind.Sequential)]
    private struct Cell
    {
        public nint Code;
        public nint Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public MethodTable* Type;
        public nint Code;
    }

    /// <summary>Dispatch.S reads it: entries begin at 16, and one whose type is null ends them (the memory behind the last is zero).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Table
    {
        public MethodTable* Interface;
        public nint Count;
        public Entry First;
    }
}
