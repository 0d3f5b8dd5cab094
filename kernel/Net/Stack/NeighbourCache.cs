using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Which host on the link has which link address, and the frames that wait to learn it (RFC 1122, 2.3.2).</summary>
/// <remarks>
/// Both tables are bounded, so a flood fills them and nothing else: a host that is spoken to is not evicted for one that merely spoke,
/// and a link address that was just learned is not changed again within a second. Timers run in <see cref="OnTimer"/>, so that
/// sending looks at no clock: it sets <see cref="Neighbour.Used"/>, and only what was used is asked for again when it ages.
/// </remarks>
internal sealed class NeighbourCache
{
    /// <summary>Hosts that are known at once.</summary>
    public const int Capacity = 64;

    /// <summary>Frames that wait, for all hosts together; the largest datagram has 45 fragments at an MTU of 1,500.</summary>
    public const int WaitingCapacity = 64;

    private const int WaitingPerNeighbour = 48;
    private const int AttemptsToResolve = 4;
    private const int AttemptsToConfirm = 3;

    private static readonly Duration s_firstRetry = Duration.FromSeconds(1);
    private static readonly Duration s_confirmRetry = Duration.FromSeconds(1);
    private static readonly Duration s_reachableTime = Duration.FromSeconds(30);
    private static readonly Duration s_failedTime = Duration.FromSeconds(5);
    private static readonly Duration s_lockTime = Duration.FromSeconds(1);

    private readonly Neighbour[] _entries = new Neighbour[Capacity];
    private readonly PacketBuffer[] _waiting = new PacketBuffer[WaitingCapacity];
    private readonly Neighbour[] _waitingFor = new Neighbour[WaitingCapacity];
    private readonly INeighbourLink _link;
    private readonly DropCounters _drops;
    private int _waitingCount;

    /// <summary>Makes an empty cache.</summary>
    public NeighbourCache(INeighbourLink link, DropCounters drops)
    {
        _link = link;
        _drops = drops;
        for (int i = 0; i < Capacity; i++)
            _entries[i] = new Neighbour();
    }

    /// <summary>When <see cref="OnTimer"/> must run.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>The entry of an address, or null.</summary>
    public Neighbour? Find(IpAddress address)
    {
        foreach (Neighbour entry in _entries)
        {
            if (entry.State != NeighbourState.Free && entry.Address == address)
                return entry;
        }

        return null;
    }

    /// <summary>The entry of an address that a packet is for; asks for it if it is new.</summary>
    /// <returns>Null if every entry is in use.</returns>
    public Neighbour? FindOrAsk(IpAddress address, Instant now)
    {
        if (Find(address) is { } known)
            return known;
        if (TakeEntry(address, mayEvictUsed: true) is not { } entry)
            return null;
        entry.State = NeighbourState.Incomplete;
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
        Neighbour? entry = Find(address);
        if (entry is null)
        {
            entry = create ? TakeEntry(address, mayEvictUsed: false) : null;
            if (entry is null)
                return;
        }
        else if (entry.IsUsable && entry.LinkAddress != linkAddress && now - entry.Learned < s_lockTime)
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
        ReleaseWaiting(entry, send: true);
    }

    /// <summary>Keeps a frame, complete but for its link destination, until its neighbour is known.</summary>
    public void Hold(Neighbour neighbour, PacketBuffer frame)
    {
        if (neighbour.State == NeighbourState.Failed)
        {
            _drops.Drop(frame, DropCause.NeighbourUnreachable);
        }
        else if (_waitingCount == WaitingCapacity || neighbour.Waiting == WaitingPerNeighbour)
        {
            _drops.Drop(frame, DropCause.NeighbourFull);
        }
        else
        {
            _waiting[_waitingCount] = frame;
            _waitingFor[_waitingCount++] = neighbour;
            neighbour.Waiting++;
        }
    }

    /// <summary>Asks again, confirms what is in use, forgets what is not.</summary>
    public void OnTimer(Instant now)
    {
        Deadline = Instant.Never;
        foreach (Neighbour entry in _entries)
        {
            if (entry.State == NeighbourState.Free)
                continue;
            if (now >= entry.Due)
                Advance(entry, now);
            if (entry.State != NeighbourState.Free)
                Deadline = Instant.Earlier(Deadline, entry.Due);
        }
    }

    /// <summary>Forgets everything: the link, or the interface's address, changed.</summary>
    public void Clear()
    {
        foreach (Neighbour entry in _entries)
            Forget(entry);
        Deadline = Instant.Never;
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
                ReleaseWaiting(entry, send: false);
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
                Forget(entry);
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
        Deadline = Instant.Earlier(Deadline, due);
    }

    private void Forget(Neighbour entry)
    {
        if (entry.State == NeighbourState.Free)
            return;
        ReleaseWaiting(entry, send: false);
        entry.State = NeighbourState.Free;
        _link.InvalidateDestinations();
    }

    // The least valuable entry: free, then failed, then known but not spoken to, then (for a packet of ours) the oldest known.
    private Neighbour? TakeEntry(IpAddress address, bool mayEvictUsed)
    {
        Neighbour? best = null;
        int bestRank = mayEvictUsed ? 4 : 3;
        foreach (Neighbour entry in _entries)
        {
            int rank = entry.State switch
            {
                NeighbourState.Free => 0,
                NeighbourState.Failed => 1,
                NeighbourState.Reachable when !entry.Used => 2,
                NeighbourState.Reachable or NeighbourState.Probing => 3,
                _ => 4,
            };
            if (rank < bestRank || (rank == bestRank && best is not null && entry.Learned < best.Learned))
                (best, bestRank) = (entry, rank);
        }

        if (best is null)
            return null;
        Forget(best);
        best.Address = address;
        best.Used = false;
        best.Attempts = 0;
        best.Learned = Instant.Zero;
        return best;
    }

    private void ReleaseWaiting(Neighbour entry, bool send)
    {
        if (entry.Waiting == 0)
            return;
        int kept = 0;
        for (int i = 0; i < _waitingCount; i++)
        {
            PacketBuffer frame = _waiting[i];
            if (_waitingFor[i] != entry)
            {
                _waiting[kept] = frame;
                _waitingFor[kept++] = _waitingFor[i];
            }
            else if (send)
            {
                _link.Transmit(frame, entry.LinkAddress);
            }
            else
            {
                _drops.Drop(frame, DropCause.NeighbourUnreachable);
            }
        }

        _waitingCount = kept;
        entry.Waiting = 0;
    }
}
