using System;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Which host on the link has which link address, and the frames that wait to learn it (RFC 1122, 2.3.2).</summary>
/// <remarks>
/// Hosts and waiting frames are bounded by what suits the pool, so a flood fills both and nothing else: see <see cref="NeighbourTable"/> for who
/// gives way to whom. A link address that was just learned is not changed again within a second. Timers run in
/// <see cref="OnTimer"/>, so that sending looks at no clock: it sets <see cref="Neighbour.Used"/>, and only what was used is asked for again
/// when it ages.
/// </remarks>
internal sealed class NeighbourCache
{
    private const int LeastHosts = 64;
    private const int HostsPerBuffer = 2;
    private const int CellsPerBuffer = 2;
    private const int LeastCells = 128;
    private const int AttemptsToResolve = 4;
    private const int AttemptsToConfirm = 3;

    private static readonly Duration s_firstRetry = Duration.FromSeconds(1);
    private static readonly Duration s_confirmRetry = Duration.FromSeconds(1);
    private static readonly Duration s_reachableTime = Duration.FromSeconds(30);
    private static readonly Duration s_failedTime = Duration.FromSeconds(5);
    private static readonly Duration s_lockTime = Duration.FromSeconds(1);

    private readonly NeighbourTable _table;
    private readonly WaitingFrames _waiting;
    private readonly INeighbourLink _link;
    private readonly PacketPool _pool;
    private readonly DropCounters _drops;
    private readonly Timer _timer;

    /// <summary>Makes an empty cache, with two hosts and two short frames for each buffer of a pool.</summary>
    public NeighbourCache(INeighbourLink link, PacketPool pool, DropCounters drops, PathCounters counters, NetworkStack stack)
    {
        _link = link;
        _pool = pool;
        _drops = drops;
        _timer = new Timer(stack.Timers, OnTimer);
        _table = new NeighbourTable(Math.Max(pool.Count * HostsPerBuffer, LeastHosts), stack.Secret);
        _waiting = new WaitingFrames(Math.Max(pool.Count * CellsPerBuffer, LeastCells), counters);
    }

    /// <summary>Where copied bytes are counted.</summary>
    public PathCounters Counters { set => _waiting.Counters = value; }

    /// <summary>The entry of an address that a packet is for; asks for it if it is new.</summary>
    public Neighbour FindOrAsk(IpAddress address, Instant now)
    {
        if (_table.Find(address) is { } known)
            return known;
        Neighbour entry = _table.ChooseForAsked();
        Forget(entry, DropCause.NeighbourFull);
        Begin(entry, address, NeighbourState.Incomplete, _table.Asked);
        entry.Attempts = 1;
        entry.Used = true;
        SetDue(entry, now + s_firstRetry);
        _link.Solicit(address, MacAddress.Broadcast);
        return entry;
    }

    /// <summary>Takes note of a host that spoke.</summary>
    /// <param name="address">The host.</param>
    /// <param name="linkAddress">Its link address, as it says.</param>
    /// <param name="create">Whether it asked for us, so that it is likely to be answered: only then is a new entry made.</param>
    /// <param name="now">The time.</param>
    public void Learn(IpAddress address, MacAddress linkAddress, bool create, Instant now)
    {
        Neighbour? entry = _table.Find(address);
        if (entry is null)
        {
            entry = create ? _table.ChooseForHeard() : null;
            if (entry is null)
                return;
            Forget(entry, DropCause.NeighbourFull);
            Begin(entry, address, NeighbourState.Incomplete, _table.Heard);
        }
        else if (!entry.IsUsable)
        {
            if (_table.ChooseToMakeKnown() is { } other)
                Forget(other, DropCause.NeighbourFull);
            _table.Heard.Add(entry);
        }
        else if (entry.LinkAddress != linkAddress && now - entry.Learned < s_lockTime)
        {
            return;
        }

        bool changed = !entry.IsUsable || entry.LinkAddress != linkAddress;
        entry.LinkAddress = linkAddress;
        entry.State = NeighbourState.Reachable;
        entry.Learned = now;
        entry.Attempts = 0;
        SetDue(entry, now + s_reachableTime);
        if (!changed)
            return;
        _link.InvalidateDestinations();
        SendWaiting(entry);
    }

    /// <summary>Keeps a frame, complete but for its link destination, until its neighbour is known.</summary>
    public void Hold(Neighbour neighbour, PacketBuffer frame)
    {
        if (neighbour.State == NeighbourState.Failed)
            _drops.Drop(frame, DropCause.NeighbourUnreachable);
        else if (!_waiting.TryAdd(ref neighbour.Waiting, frame))
            _drops.Drop(frame, DropCause.NeighbourFull);
        else
            frame.Release();
    }

    /// <summary>Whether frames that take so many cells (<see cref="WaitingFrames.CellsFor"/>) could be kept for a neighbour together.</summary>
    public bool CanHold(Neighbour neighbour, int cells) => _waiting.HasRoom(neighbour.Waiting, cells);

    /// <summary>Forgets everything: the link, or the interface's address, changed.</summary>
    public void Clear()
    {
        Clear(_table.Asked);
        Clear(_table.Heard);
        Clear(_table.SpokenTo);
        _timer.Stop();
    }

    /// <summary>Asks again, confirms what is in use, forgets what is not.</summary>
    private void OnTimer(Instant now)
    {
        OnTimer(_table.Asked, now);
        OnTimer(_table.Heard, now);
        OnTimer(_table.SpokenTo, now);
    }

    private void OnTimer(NeighbourList list, Instant now)
    {
        Neighbour? entry = list.First;
        while (entry is not null)
        {
            Neighbour? next = entry.Next;
            if (now >= entry.Due)
                Advance(entry, now);
            if (entry.State != NeighbourState.Free)
                _timer.StartBy(entry.Due);
            entry = next;
        }
    }

    private void Clear(NeighbourList list)
    {
        while (list.First is { } entry)
            Forget(entry, DropCause.NeighbourUnreachable);
    }

    private void Advance(Neighbour entry, Instant now)
    {
        switch (entry.State)
        {
            case NeighbourState.Incomplete when entry.Attempts < AttemptsToResolve:
                SetDue(entry, now + new Duration(s_firstRetry.Nanoseconds << entry.Attempts));
                entry.Attempts++;
                _link.Solicit(entry.Address, MacAddress.Broadcast);
                break;
            case NeighbourState.Incomplete:
                entry.State = NeighbourState.Failed;
                DropWaiting(entry, DropCause.NeighbourUnreachable);
                SetDue(entry, now + s_failedTime);
                break;
            case NeighbourState.Reachable when entry.Used:
                entry.Used = false;
                entry.State = NeighbourState.Probing;
                Confirm(entry, now);
                break;
            case NeighbourState.Probing when entry.Attempts < AttemptsToConfirm:
                Confirm(entry, now);
                break;
            default:
                Forget(entry, DropCause.NeighbourUnreachable);
                break;
        }
    }

    private void Confirm(Neighbour entry, Instant now)
    {
        entry.Attempts++;
        SetDue(entry, now + s_confirmRetry);
        _link.Solicit(entry.Address, entry.LinkAddress);
    }

    private void SetDue(Neighbour entry, Instant due)
    {
        entry.Due = due;
        _timer.StartBy(due);
    }

    private void Begin(Neighbour entry, IpAddress address, NeighbourState state, NeighbourList list)
    {
        entry.State = state;
        entry.Used = false;
        entry.Attempts = 0;
        entry.Learned = Instant.Zero;
        _table.Insert(entry, address, list);
    }

    private void Forget(Neighbour entry, DropCause cause)
    {
        if (entry.State == NeighbourState.Free)
            return;
        DropWaiting(entry, cause);
        entry.State = NeighbourState.Free;
        _table.Remove(entry);
        _link.InvalidateDestinations();
    }

    private void DropWaiting(Neighbour entry, DropCause cause) => _drops.Count(cause, _waiting.Clear(ref entry.Waiting));

    private void SendWaiting(Neighbour entry)
    {
        while (entry.Waiting.Frames != 0)
        {
            if (_waiting.Take(ref entry.Waiting, _pool) is { } frame)
                _link.Transmit(frame, entry.LinkAddress);
            else
                _drops.Count(DropCause.NoBuffer);
        }
    }
}
