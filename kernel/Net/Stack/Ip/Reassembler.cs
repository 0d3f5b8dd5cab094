using System;
using System.Numerics;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Puts datagrams of either version of IP together from their fragments (RFC 791, 3.2; RFC 1122, 3.3.2; RFC 8200, 4.5), within bounds.</summary>
/// <remarks>
/// A datagram whose fragments overlap is dropped whole, with all that still comes of it: no honest sender makes one (RFC 5722). A fragment that comes again, the same, is dropped alone. When too much is incomplete the oldest datagram goes; but of those that are still
/// coming the oldest are spared, up to half of what is held. Else of many that come at once, fragment by fragment, none would ever be whole.
/// A whole datagram is a chain of buffers.
/// </remarks>
internal sealed unsafe class Reassembler
{
    /// <summary>How long the fragments of a datagram may take, counted from the first that came.</summary>
    public static readonly Duration Timeout = Duration.FromSeconds(30);

    private const int LeastEntries = 8;
    private const int MostEntries = 256;
    private const int BuffersPerEntry = 4;

    /// <summary>A datagram of which no fragment came for so long has stalled.</summary>
    private static readonly Duration Pause = Duration.FromMilliseconds(100);

    private readonly NetworkStack _stack;
    private readonly PacketPool _pool;
    private readonly DropCounters _drops;
    private readonly Reassembly?[] _buckets;
    private readonly ulong _seed;
    private readonly int _assured;
    private readonly Timer _expiry;
    private Reassembly? _free;
    private Reassembly? _oldest;
    private Reassembly? _newest;

    /// <summary>Makes one for as many datagrams as suit a pool. <paramref name="expire"/> is called when <see cref="TakeExpired"/> has something to
    /// do, and calls it until it has nothing more.</summary>
    public Reassembler(NetworkStack stack, PacketPool pool, DropCounters drops, PathCounters counters, Action<Instant> expire)
    {
        _stack = stack;
        _pool = pool;
        _drops = drops;
        Counters = counters;
        _expiry = new Timer(stack.Timers, expire);
        _assured = pool.KeepLimit / 3;
        int entries = Math.Clamp(pool.Count / BuffersPerEntry, LeastEntries, MostEntries);
        for (int i = 0; i < entries; i++)
            _free = new Reassembly { Newer = _free };
        _buckets = new Reassembly?[BitOperations.RoundUpToPowerOf2((uint)entries)];
        _seed = stack.Secret;
    }

    /// <summary>Where copied and summed bytes are counted.</summary>
    public PathCounters Counters { private get; set; }

    /// <summary>Buffers that are held now.</summary>
    public int Held { get; private set; }

    /// <summary>Takes a fragment.</summary>
    /// <param name="fragment">Its payload, with the IP header in front.</param>
    /// <param name="headers">What its headers say, which stay in the first buffer.</param>
    /// <param name="now">The time.</param>
    /// <param name="first">The header of the fragment at the datagram's beginning, if it is whole.</param>
    /// <returns>The datagram's payload if it is whole now; else null, and the fragment is kept or dropped.</returns>
    public PacketBuffer? Add(PacketBuffer fragment, in Fragment headers, Instant now, out byte* first)
    {
        first = null;
        int length = PacketChain.Length(fragment);
        if (length == 0 || (headers.HasMore && length % 8 != 0) || headers.Offset + length > headers.LongestDatagram)
        {
            _drops.Drop(fragment, DropCause.Malformed);
            return null;
        }

        Reassembly entry = Find(in headers) ?? Begin(in headers, now);
        entry.LastCame = now;
        if (entry.Broken)
        {
            _drops.Drop(fragment, DropCause.FragmentOverlap);
            return null;
        }

        int buffers = PacketChain.Buffers(fragment);
        if (!TryKeep(entry, buffers, now))
        {
            _drops.Drop(fragment, DropCause.ReassemblyFull);
            return null;
        }

        int before = entry.Buffers;
        FragmentFate fate = entry.Insert(fragment, in headers, length, Counters);
        EndKeeping(buffers - (entry.Buffers - before));
        if (fate != FragmentFate.Kept)
        {
            _drops.Drop(fragment, DropCause.FragmentOverlap);
            if (fate == FragmentFate.Overlaps)
                Break(entry);
            return null;
        }

        return entry.IsWhole ? TakeWhole(entry, out first) : null;
    }

    /// <summary>Gives up one datagram whose time has passed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="first">The header in front of what is returned.</param>
    /// <returns>Its beginning, for an ICMP message about it; the caller counts and releases it. Null if nothing of the kind is left.</returns>
    public PacketBuffer? TakeExpired(Instant now, out byte* first)
    {
        first = null;
        while (_oldest is { } entry && entry.Due <= now)
        {
            EndKeeping(entry.Buffers);
            first = entry.FirstHeader;
            PacketBuffer? beginning = entry.TakeBeginning();
            entry.Drop(_drops, DropCause.ReassemblyTimeout);
            Remove(entry);
            if (beginning is not null)
                return beginning;
        }

        if (_oldest is not null)
            _expiry.Start(_oldest.Due);
        return null;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (_oldest is { } entry)
            GiveUp(entry, DropCause.ReassemblyTimeout);
    }

    private PacketBuffer TakeWhole(Reassembly entry, out byte* first)
    {
        EndKeeping(entry.Buffers);
        first = entry.FirstHeader;
        PacketBuffer whole = entry.TakeChain();
        Remove(entry);
        return whole;
    }

    // Room for more, if need be that of older datagrams; for a share that is assured also that of sockets that were not read in this pass.
    private bool TryKeep(Reassembly entry, int buffers, Instant now)
    {
        while (!_pool.TryKeep(Held, buffers))
        {
            if (TryEvict(entry, now))
                continue;
            if (Held + buffers > _assured || !_stack.TryMakeRoom(_pool, buffers, active: now) || !_pool.TryKeep(0, buffers))
                return false;
            break;
        }

        Held += buffers;
        return true;
    }

    private void EndKeeping(int buffers)
    {
        Held -= buffers;
        _pool.EndKeeping(buffers);
    }

    private bool TryEvict(Reassembly except, Instant now)
    {
        if (FindVictim(except, forRoom: true, now) is not { } entry)
            return false;
        GiveUp(entry, DropCause.ReassemblyFull);
        return true;
    }

    /// <summary>Finds the datagram that goes first.</summary>
    /// <param name="except">One that stays, or null.</param>
    /// <param name="forRoom">Whether it must hold buffers; else one that holds none is as good.</param>
    /// <param name="now">The time.</param>
    private Reassembly? FindVictim(Reassembly? except, bool forRoom, Instant now)
    {
        Reassembly? oldest = null;
        int spared = 0;
        for (Reassembly? entry = _oldest; entry is not null; entry = entry.Newer)
        {
            if (entry == except || (forRoom && entry.Buffers == 0))
                continue;
            oldest ??= entry;
            spared += entry.Buffers;
            if (entry.Buffers == 0 || spared > Held / 2 || entry.LastCame + Pause <= now)
                return entry;
        }

        return oldest;
    }

    private void GiveUp(Reassembly entry, DropCause cause)
    {
        EndKeeping(entry.Buffers);
        entry.Drop(_drops, cause);
        Remove(entry);
    }

    private void Break(Reassembly entry)
    {
        EndKeeping(entry.Buffers);
        entry.Break(_drops);
    }

    private ref Reassembly? BucketOf(uint hash) => ref _buckets[hash & ((uint)_buckets.Length - 1)];

    private Reassembly? Find(in Fragment headers)
    {
        Reassembly? entry = BucketOf(headers.Hash(_seed));
        while (entry is not null && !entry.Matches(in headers))
            entry = entry.NextInBucket;
        return entry;
    }

    private Reassembly Begin(in Fragment headers, Instant now)
    {
        if (_free is null)
            GiveUp(FindVictim(except: null, forRoom: false, now)!, DropCause.ReassemblyFull);
        Reassembly entry = _free!;
        _free = entry.Newer;
        entry.Begin(in headers, now + Timeout);
        ref Reassembly? bucket = ref BucketOf(entry.Hash(_seed));
        entry.NextInBucket = bucket;
        bucket = entry;

        // All take the same time, so that the order in which they began is that in which they end.
        entry.Older = _newest;
        entry.Newer = null;
        if (_newest is null)
            _oldest = entry;
        else
            _newest.Newer = entry;
        _newest = entry;
        _expiry.StartBy(entry.Due);
        return entry;
    }

    private void Remove(Reassembly entry)
    {
        ref Reassembly? at = ref BucketOf(entry.Hash(_seed));
        while (at != entry)
            at = ref at!.NextInBucket;
        at = entry.NextInBucket;
        if (entry.Older is null)
            _oldest = entry.Newer;
        else
            entry.Older.Newer = entry.Newer;
        if (entry.Newer is null)
            _newest = entry.Older;
        else
            entry.Newer.Older = entry.Older;
        entry.Newer = _free;
        _free = entry;
    }
}
