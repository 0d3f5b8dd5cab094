using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Storage.Devices;

/// <summary>The pages of applications' buffers that a back end may reach. A page is granted when a request first names it, and stays so: a
/// request on memory that was used before costs a look into this table and no grant operation.</summary>
/// <remarks>Open addressing over the page's number; entries leave only when all do.</remarks>
internal sealed unsafe class BlkFrontGrants(XenDomain domain, PathCounters counters)
{
    /// <summary>Slots, a power of two; three quarters of them are used.</summary>
    private const int Slots = 16384;
    private const int MostPages = Slots / 4 * 3;
    private const int PageShift = 12;
    private const int HashShift = 64 - 14;

    private readonly nuint[] _pages = new nuint[Slots];
    private readonly uint[] _references = new uint[Slots];
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
        _pages[slot] = page;
        _references[slot] = reference;
        _grantedTo = backend;
        Count++;
        return reference;
    }

    /// <summary>Takes back every grant. Those of pages that the back end still has mapped stay in the table for it; for another back
    /// end's sake they are given up.</summary>
    /// <returns>How many could not be taken back.</returns>
    public int EndAll(ushort nextBackend, bool sameBackend)
    {
        int held = 0;
        uint[] references = _references;
        for (int i = 0; i < Slots; i++)
        {
            if (references[i] == 0 || domain.Grants.TryEnd(references[i], counters))
                references[i] = 0;
            else
                held++;
        }

        // With gaps the table cannot be searched: what is held moves to its place in a cleared one.
        if (sameBackend && nextBackend == _grantedTo)
            Rebuild();
        else
            Clear();
        return held;
    }

    private int Find(nuint page)
    {
        int slot = (int)(((ulong)page * 0x9e37_79b9_7f4a_7c15) >> HashShift);
        while (_references[slot] != 0 && _pages[slot] != page)
            slot = (slot + 1) & (Slots - 1);
        return slot;
    }

    private void Clear()
    {
        for (int i = 0; i < Slots; i++)
            _references[i] = 0;
        Count = 0;
    }

    private void Rebuild()
    {
        int count = 0;
        for (int i = 0; i < Slots; i++)
        {
            if (_references[i] == 0)
                continue;
            _pages[count] = _pages[i];
            _references[count++] = _references[i];
        }

        // The held ones are few: take them out of the way, clear, and put each where it belongs.
        Count = 0;
        for (int i = count; i < Slots; i++)
            _references[i] = 0;
        for (int i = count - 1; i >= 0; i--)
        {
            nuint page = _pages[i];
            uint reference = _references[i];
            _references[i] = 0;
            int slot = Find(page);
            _pages[slot] = page;
            _references[slot] = reference;
            Count++;
        }
    }
}
