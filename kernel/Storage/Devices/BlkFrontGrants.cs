using System;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Storage.Devices;

/// <summary>The pages of applications' buffers that a back end may reach. A page is granted when a request first names it, and stays so: a
/// request on memory that was used before costs a look into this table and no grant operation.</summary>
/// <remarks>Open addressing over the page's number; entries leave only when all do.</remarks>
internal sealed unsafe class BlkFrontGrants(XenDomain domain, PathCounters counters)
{
    /// <summary>Slots, a power of two; three quarters of them are used.</summary>
    private const int Slots = 8192;
    private const int MostPages = Slots / 4 * 3;
    private const int PageShift = 12;
    private const int HashShift = 64 - 13;

    private nuint[] _pages = new nuint[Slots];
    private uint[] _references = new uint[Slots];
    private nuint[] _otherPages = new nuint[Slots];
    private uint[] _otherReferences = new uint[Slots];
    private ushort _grantedTo;

    /// <summary>How many pages are granted.</summary>
    public int Count { get; private set; }

    /// <summary>The reference by which a back end reaches the page of an address; 0 if there can be no more.</summary>
    public uint Of(ushort backend, byte* address)
    {
        nuint page = (nuint)address >> PageShift;
        int slot = Find(page);
        if (_references[slot] != 0)
            return _references[slot];
        if (Count == MostPages)
            return 0;
        uint reference = domain.Grants.Grant(backend, (byte*)(page << PageShift), readOnly: false, counters);
        if (reference == 0)
            return 0;
        Put(slot, page, reference);
        return reference;
    }

    /// <summary>Before a connection: what another back end still holds is of no use to this one, and is given up.</summary>
    public void Prepare(ushort backend)
    {
        if (backend != _grantedTo && !TryEndAll())
            MoveToOtherTable(keep: false);
        _grantedTo = backend;
    }

    /// <summary>Takes back every grant, except those of pages that the back end still has mapped.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEndAll()
    {
        foreach (ref uint reference in _references.AsSpan())
        {
            if (reference != 0 && domain.Grants.TryEnd(reference, counters))
                reference = 0;
        }

        MoveToOtherTable(keep: true);
        return Count == 0;
    }

    /// <summary>A table with gaps cannot be searched: what is left moves to an empty one.</summary>
    private void MoveToOtherTable(bool keep)
    {
        (_pages, _otherPages) = (_otherPages, _pages);
        (_references, _otherReferences) = (_otherReferences, _references);
        _references.AsSpan().Clear();
        Count = 0;
        for (int i = 0; keep && i < Slots; i++)
        {
            if (_otherReferences[i] != 0)
                Put(Find(_otherPages[i]), _otherPages[i], _otherReferences[i]);
        }
    }

    private void Put(int slot, nuint page, uint reference)
    {
        _pages[slot] = page;
        _references[slot] = reference;
        Count++;
    }

    private int Find(nuint page)
    {
        int slot = (int)(((ulong)page * 0x9e37_79b9_7f4a_7c15) >> HashShift);
        while (_references[slot] != 0 && _pages[slot] != page)
            slot = (slot + 1) & (Slots - 1);
        return slot;
    }
}
