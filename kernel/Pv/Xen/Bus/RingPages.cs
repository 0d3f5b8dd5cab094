using System;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Pv.Xen;

/// <summary>The pages of one device's ring and their grants, from each connection to the next.</summary>
/// <remarks>
/// A back end lets go of a ring only after this side said Closed, and one that lies never does. Pages that it still holds are no use to anybody
/// else, so a connection then gets other ones; but there are <see cref="MostSets"/> sets and no more, made with the device: a back end can
/// hold these hostage, and then has no connection, but never the machine's memory.
/// </remarks>
public sealed unsafe class RingPages
{
    /// <summary>How many sets of pages there are: one to work with, and those that back ends were slow to let go of.</summary>
    public const int MostSets = 4;

    private readonly XenDomain _domain;
    private readonly PathCounters _counters;
    private readonly int _pages;
    private readonly byte* _memory;
    private readonly uint[] _grants;
    private int _current = MostSets - 1;
    private bool _inUse;

    /// <summary>Sets memory aside for a ring.</summary>
    /// <param name="domain">Whose pages are granted.</param>
    /// <param name="pages">Pages in the ring, at most.</param>
    /// <param name="counters">The device that pays.</param>
    public RingPages(XenDomain domain, int pages, PathCounters counters)
    {
        _domain = domain;
        _counters = counters;
        _pages = pages;
        _memory = DeviceMemory.AllocatePages(MostSets * pages);
        _grants = new uint[MostSets * pages];
    }

    /// <summary>The ring's first page; the others follow it.</summary>
    public byte* Memory => _memory + (_current * _pages * DeviceMemory.PageSize);

    /// <summary>The reference by which the back end reaches a page.</summary>
    public uint this[int page] => _grants[(_current * _pages) + page];

    /// <summary>Pages that a back end of an earlier connection still has mapped, as far as <see cref="TryEndEarlier"/> last saw.</summary>
    public int Held { get; private set; }

    /// <summary>Takes pages that nobody else can reach, zeroed, and grants the first <paramref name="count"/>.</summary>
    /// <returns>False if back ends hold all there are, or the grant table is full.</returns>
    public bool TryGrant(ushort backend, int count)
    {
        TryEnd();
        for (int tried = 0; tried < MostSets; tried++)
        {
            _current = (_current + 1) % MostSets;
            if (!IsFree(_current))
                continue;
            new Span<byte>(Memory, _pages * DeviceMemory.PageSize).Clear();
            _inUse = true;
            for (int i = 0; i < count; i++)
            {
                uint grant = _domain.Grants.Grant(backend, Memory + (i * DeviceMemory.PageSize), readOnly: false, _counters);
                _grants[(_current * _pages) + i] = grant;
                if (grant != 0)
                    continue;
                TryEnd();
                return false;
            }

            return true;
        }

        return false;
    }

    /// <summary>Ends the present connection's grants and those before it, as far as back ends have let go.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEnd()
    {
        _inUse = false;
        return TryEndEarlier();
    }

    /// <summary>Ends the grants of earlier connections, as far as back ends have let go.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEndEarlier()
    {
        Held = 0;
        for (int i = 0; i < _grants.Length; i++)
        {
            if (_grants[i] == 0 || (_inUse && i / _pages == _current))
                continue;
            if (_domain.Grants.TryEnd(_grants[i], _counters))
                _grants[i] = 0;
            else
                Held++;
        }

        return Held == 0;
    }

    private bool IsFree(int set) => _grants.AsSpan(set * _pages, _pages).IndexOfAnyExcept(0u) < 0;
}
