using System;
using System.Numerics;
using Guest.Core.Memory;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The hosts of a link that are known or asked for, found by a hash, and the choice of those that give way to others.</summary>
/// <remarks>
/// Hosts that are asked for give way to each other, the oldest first, and never push out one that is known; an eighth of the table is theirs
/// alone. Hosts that merely spoke give way to any other, hosts that were spoken to only to such as were asked for and answered, those
/// first that were not used lately.
/// </remarks>
internal sealed class NeighbourTable
{
    private const int ShareOfAsked = 8;

    /// <summary>So many entries there are from the start; a link has rarely more hosts that are spoken to.</summary>
    private const int FirstEntries = 32;

    // A stack, linked by Next; who is in it stands in no list.
    private Neighbour? _free;
    private int _unmade;
    private readonly Neighbour?[] _buckets;
    private readonly ulong _seed;
    private readonly int _mostKnown;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">How many hosts it holds, as far as there is memory when they come.</param>
    /// <param name="seed">A number that is hard to guess: a peer must not choose addresses that all fall together.</param>
    public NeighbourTable(int capacity, ulong seed)
    {
        _unmade = capacity;
        while (capacity - _unmade < FirstEntries && _unmade != 0)
            _free = MakeEntry(next: _free);
        _buckets = new Neighbour?[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _seed = seed;
        _mostKnown = capacity - Math.Max(capacity / ShareOfAsked, 1);
    }

    /// <summary>Hosts that were asked for and have not answered, and those that never did.</summary>
    public NeighbourList Asked { get; } = new();

    /// <summary>Hosts that are known and were not spoken to when they were last looked at.</summary>
    public NeighbourList Heard { get; } = new();

    /// <summary>Hosts that are known and were spoken to.</summary>
    public NeighbourList SpokenTo { get; } = new();

    /// <summary>The host with an address, or null.</summary>
    public Neighbour? Find(IpAddress address)
    {
        Neighbour? entry = BucketOf(address);
        while (entry is not null && entry.Address != address)
            entry = entry.NextInBucket;
        return entry;
    }

    /// <summary>The entry for a host that is to be asked for: a free one, or the one that must be forgotten first.</summary>
    public Neighbour ChooseForAsked() => (Free() ?? Asked.First ?? OldestHeard() ?? SpokenTo.First)!;

    /// <summary>The entry for a host that merely spoke: a free one, or the one that must be forgotten first, or null.</summary>
    public Neighbour? ChooseForHeard() =>
        Heard.Count + SpokenTo.Count < _mostKnown ? Free() ?? Asked.First ?? OldestHeard() : OldestHeard();

    /// <summary>The host that must be forgotten before one that was asked for becomes known, or null if there is room.</summary>
    public Neighbour? ChooseToMakeKnown()
    {
        if (Heard.Count + SpokenTo.Count < _mostKnown)
            return null;
        if (OldestHeard() is { } heard)
            return heard;

        // Who was used since the last time is passed over once.
        while (SpokenTo.First is { Used: true } used)
        {
            used.Used = false;
            SpokenTo.Add(used);
        }

        return SpokenTo.First;
    }

    /// <summary>Takes an entry that is free into the table.</summary>
    public void Insert(Neighbour entry, IpAddress address, NeighbourList list)
    {
        entry.Address = address;
        ref Neighbour? bucket = ref BucketOf(address);
        entry.NextInBucket = bucket;
        bucket = entry;
        if (entry.List is null)
            _free = entry.Next;
        list.Add(entry);
    }

    /// <summary>Makes an entry free.</summary>
    public void Remove(Neighbour entry)
    {
        ref Neighbour? at = ref BucketOf(entry.Address);
        while (at != entry)
            at = ref at!.NextInBucket;
        at = entry.NextInBucket;
        entry.List!.Remove(entry);
        entry.List = null;
        entry.Next = _free;
        _free = entry;
    }

    private Neighbour? Free()
    {
        if (_free is null && _unmade != 0 && PhysicalMemory.HasSpare)
            _free = MakeEntry(next: null);
        return _free;
    }

    private Neighbour MakeEntry(Neighbour? next)
    {
        _unmade--;
        return new Neighbour { Next = next };
    }

    private ref Neighbour? BucketOf(IpAddress address) => ref _buckets[address.Hash(_seed) & ((uint)_buckets.Length - 1)];

    private Neighbour? OldestHeard()
    {
        while (Heard.First is { Used: true } used)
            SpokenTo.Add(used);
        return Heard.First;
    }
}
