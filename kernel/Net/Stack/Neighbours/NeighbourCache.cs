using System;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Which host on the link has which link address, and the frames that wait to learn it (RFC 1122, 2.3.2; RFC 4861, 7). One for both versions of IP,
/// so that they share its bounds.</summary>
/// <remarks>
/// Hosts and waiting frames are bounded by what suits the pool, so a flood fills both and nothing else: see <see cref="NeighbourTable"/> for who
/// gives way to whom. What ARP just learned is not changed again within a second; what neighbour discovery knows is never changed while the one who is
/// known answers (docs/decisions/0060-a-neighbour-that-answers-keeps-its-place.md). Timers run in
/// <see cref="OnTimer(Instant)"/>, so that sending looks at no clock: it sets <see cref="Neighbour.Used"/>, and only what was used is asked for again
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
    private const int AttemptsSparedByChallenge = 1;
    private const int LooksAtStale = 6;

    private static readonly Duration s_firstRetry = Duration.FromSeconds(1);
    private static readonly Duration s_confirmRetry = Duration.FromSeconds(1);
    private static readonly Duration s_reachableTime = Duration.FromSeconds(30);

    /// <summary>RFC 4861, 10: DELAY_FIRST_PROBE_TIME.</summary>
    private static readonly Duration s_staleTime = Duration.FromSeconds(5);
    private static readonly Duration s_failedTime = Duration.FromSeconds(5);
    private static readonly Duration s_lockTime = Duration.FromSeconds(1);

    private readonly NeighbourTable _table;
    private readonly WaitingFrames _waiting;
    private readonly NetworkInterface _interface;
    private readonly TransmitQueue _transmit;
    private readonly PacketPool _pool;
    private readonly DropCounters _drops;
    private readonly Timer _timer;

    /// <summary>Makes an empty cache, with two hosts and two short frames for each buffer of a pool.</summary>
    public NeighbourCache(NetworkInterface owner, TransmitQueue transmit, NetworkStack stack)
    {
        _interface = owner;
        _transmit = transmit;
        _pool = owner.Pool;
        _drops = owner.Drops;
        _timer = new Timer(stack.Timers, OnTimer);
        _table = new NeighbourTable(Math.Max(_pool.Count * HostsPerBuffer, LeastHosts), stack.Secret);
        _waiting = new WaitingFrames(Math.Max(_pool.Count * CellsPerBuffer, LeastCells), owner.Counters);
    }

    /// <summary>Asks for IPv4 addresses.</summary>
    public INeighbourProtocol? Arp { private get; set; }

    /// <summary>Asks for IPv6 addresses.</summary>
    public INeighbourProtocol? Discovery { private get; set; }

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
        Solicit(address, MacAddress.Broadcast);
        return entry;
    }

    /// <summary>Takes note of an IPv4 host that spoke.</summary>
    /// <param name="address">The host.</param>
    /// <param name="linkAddress">Its link address, as it says.</param>
    /// <param name="create">Whether it asked for us, so that it is likely to be answered: only then is a new entry made.</param>
    /// <param name="now">The time.</param>
    public void Learn(IpAddress address, MacAddress linkAddress, bool create, Instant now)
    {
        Neighbour? entry = _table.Find(address);
        if (entry is { IsUsable: true } && entry.LinkAddress != linkAddress && now - entry.Learned < s_lockTime)
            return;
        if (FindPlace(entry, address, create) is { } place)
            Know(place, linkAddress, NeighbourState.Reachable, now);
    }

    /// <summary>Takes note of an IPv6 host that spoke without being asked (RFC 4861, 7.2.3). Another link address than the known one is not believed:
    /// the known host is asked whether it is still there.</summary>
    /// <inheritdoc cref="Learn"/>
    public void Hear(IpAddress address, MacAddress linkAddress, bool create, Instant now)
    {
        Neighbour? entry = _table.Find(address);
        if (entry is { IsUsable: true })
        {
            if (entry.LinkAddress != linkAddress)
                Challenge(entry, now);
        }
        else if (FindPlace(entry, address, create) is { } place)
        {
            Know(place, linkAddress, NeighbourState.Stale, now);
        }
    }

    /// <summary>Takes an IPv6 host's answer, or what looks like one (RFC 4861, 7.2.5). It is one if this host has asked.</summary>
    /// <param name="address">The host.</param>
    /// <param name="linkAddress">Its link address as it says, or null if it does not say.</param>
    /// <param name="solicited">Whether it says that it was asked.</param>
    /// <param name="now">The time.</param>
    public void TakeAnswer(IpAddress address, MacAddress? linkAddress, bool solicited, Instant now)
    {
        if (_table.Find(address) is not { } entry)
            return;
        if (!entry.IsUsable)
        {
            if (linkAddress is not { } first)
                return;
            bool isAnswer = solicited && entry.State == NeighbourState.Incomplete;
            Know(FindPlace(entry, address, create: true)!, first, isAnswer ? NeighbourState.Reachable : NeighbourState.Stale, now);
        }
        else if (linkAddress is { } other && other != entry.LinkAddress)
        {
            Challenge(entry, now);
        }
        else if (solicited && entry.State == NeighbourState.Probing)
        {
            Know(entry, entry.LinkAddress, NeighbourState.Reachable, now);
        }
    }

    /// <summary>Whether a host was asked for often enough without an answer, or is being asked for again because it has not answered.</summary>
    public bool IsInDoubt(IpAddress address) =>
        _table.Find(address) is { } entry && (entry.State == NeighbourState.Failed || (!entry.IsUsable && entry.Attempts > 1));

    /// <summary>The entry of a host whose link address is to be stored: its own, or one that others give way to.</summary>
    /// <returns>Null if there is none.</returns>
    private Neighbour? FindPlace(Neighbour? entry, IpAddress address, bool create)
    {
        if (entry is null)
        {
            entry = create ? _table.ChooseForHeard() : null;
            if (entry is null)
                return null;
            Forget(entry, DropCause.NeighbourFull);
            Begin(entry, address, NeighbourState.Incomplete, _table.Heard);
        }
        else if (!entry.IsUsable)
        {
            if (_table.ChooseToMakeKnown() is { } other)
                Forget(other, DropCause.NeighbourFull);
            _table.Heard.Add(entry);
        }

        return entry;
    }

    private void Know(Neighbour entry, MacAddress linkAddress, NeighbourState state, Instant now)
    {
        bool changed = !entry.IsUsable || entry.LinkAddress != linkAddress;
        entry.LinkAddress = linkAddress;
        entry.State = state;
        entry.Learned = now;
        entry.Attempts = 0;
        SetDue(entry, now + (state == NeighbourState.Stale ? s_staleTime : s_reachableTime));
        if (!changed)
            return;
        _interface.InvalidateDestinations();
        SendWaiting(entry);
    }

    // Not more than once in a second, whoever says whatever how often.
    private void Challenge(Neighbour entry, Instant now)
    {
        if (entry.State == NeighbourState.Probing || now - entry.Learned < s_lockTime)
            return;
        entry.State = NeighbourState.Probing;
        entry.Attempts = AttemptsSparedByChallenge;
        Confirm(entry, now);
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

    /// <summary>Forgets everything: the link changed.</summary>
    public void Clear()
    {
        ClearIpv4();
        ClearIpv6();
        _timer.Stop();
    }

    /// <summary>Forgets the hosts of IPv4: the interface's address changed.</summary>
    public void ClearIpv4() => Clear(ipv4: true);

    /// <summary>Forgets the hosts of IPv6.</summary>
    public void ClearIpv6() => Clear(ipv4: false);

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

    private void Clear(bool ipv4)
    {
        Clear(_table.Asked, ipv4);
        Clear(_table.Heard, ipv4);
        Clear(_table.SpokenTo, ipv4);
    }

    private void Clear(NeighbourList list, bool ipv4)
    {
        Neighbour? entry = list.First;
        while (entry is not null)
        {
            Neighbour? next = entry.Next;
            if (entry.Address.IsIpv4 == ipv4)
                Forget(entry, DropCause.NeighbourUnreachable);
            entry = next;
        }
    }

    private void Advance(Neighbour entry, Instant now)
    {
        switch (entry.State)
        {
            case NeighbourState.Incomplete when entry.Attempts < AttemptsToResolve:
                SetDue(entry, now + new Duration(s_firstRetry.Nanoseconds << entry.Attempts));
                entry.Attempts++;
                Solicit(entry.Address, MacAddress.Broadcast);
                _interface.OnSilence(entry.Address);
                break;
            case NeighbourState.Incomplete:
                entry.State = NeighbourState.Failed;
                DropWaiting(entry, DropCause.NeighbourUnreachable);
                SetDue(entry, now + s_failedTime);
                break;
            case NeighbourState.Reachable or NeighbourState.Stale when entry.Used:
                entry.Used = false;
                entry.State = NeighbourState.Probing;
                entry.Attempts = 0;
                Confirm(entry, now);
                break;
            case NeighbourState.Stale when entry.Attempts < LooksAtStale:
                entry.Attempts++;
                SetDue(entry, now + s_staleTime);
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
        Solicit(entry.Address, entry.LinkAddress);
    }

    private void Solicit(IpAddress address, MacAddress linkAddress) => (address.IsIpv4 ? Arp : Discovery)?.Solicit(address, linkAddress);

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
        _interface.InvalidateDestinations();
    }

    private void DropWaiting(Neighbour entry, DropCause cause) => _drops.Count(cause, _waiting.Clear(ref entry.Waiting));

    private void SendWaiting(Neighbour entry)
    {
        while (entry.Waiting.Frames != 0)
        {
            if (_waiting.Take(ref entry.Waiting, _pool) is { } frame)
                Transmit(frame, entry.LinkAddress);
            else
                _drops.Count(DropCause.NoBuffer);
        }
    }

    private void Transmit(PacketBuffer frame, MacAddress destination)
    {
        if (!_interface.LinkUp)
        {
            _drops.Drop(frame, DropCause.LinkDown);
            return;
        }

        destination.Write(frame.Data);
        _transmit.Add(frame);
    }
}
