using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The connections in TIME-WAIT: all wait equally long, so they end in the order in which they came, and one timer is enough.</summary>
internal sealed class TcpTimeWaits
{
    /// <summary>How many there are at most; then the oldest gives way to the newest.</summary>
    public const int Most = 8192;

    /// <summary>Twice the longest life of a segment (MSL). RFC 9293, 3.4.2, sets that to two minutes and leaves it to be changed by experience: half a minute is what
    /// others have.</summary>
    public static readonly Duration Lifetime = Duration.FromSeconds(2 * 30);

    private static readonly Duration s_answerInterval = Duration.FromMilliseconds(500);

    private readonly TcpConnections _tcp;
    private readonly Timer _timer;
    private TcpTimeWait? _first;
    private TcpTimeWait? _last;
    private TcpTimeWait? _free;

    /// <summary>Makes it.</summary>
    public TcpTimeWaits(TcpConnections tcp)
    {
        _tcp = tcp;
        _timer = new Timer(tcp.Stack.Timers, OnDue);
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps what is left of a connection, which the table has no more.</summary>
    public void Add(TcpEndpoint connection, in TcpTimeWaitNumbers numbers, Instant now)
    {
        if (Count == Most)
        {
            _tcp.Counters.TimeWaitsEvicted++;
            Remove(_first!);
        }

        TcpTimeWait added = _free ?? new TcpTimeWait(_tcp.Nobody);
        _free = added.Next;
        added.NameAs(connection, _tcp.Table.Secret);
        added.Numbers = numbers;
        added.AnsweredAt = now;
        Append(added, now);
        Count++;
        _tcp.Table.AddConversation(added);
    }

    /// <summary>A segment arrives in TIME-WAIT (RFC 9293, 3.10.7.4).</summary>
    /// <returns>False if it opens a new connection between the same ends: the old one is forgotten.</returns>
    public bool Input(TcpTimeWait timeWait, ref TcpSegment segment)
    {
        Instant now = _tcp.Stack.Now;
        ref TcpTimeWaitNumbers numbers = ref timeWait.Numbers;
        if (segment.Has(TcpFlags.Rst))
        {
            if (segment.Sequence == numbers.ReceiveNext)
                Remove(timeWait);
            return true;
        }

        if ((segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn && IsNewer(in segment, in numbers))
        {
            _tcp.HalfOpens.BeginAfter = numbers.SendNext;
            Remove(timeWait);
            return false;
        }

        // Our acknowledgement of the FIN was lost, if it comes again. Whatever else comes learns that nothing more is wanted.
        if (segment.Has(TcpFlags.Fin) && segment.End == numbers.ReceiveNext)
        {
            Unlink(timeWait);
            Append(timeWait, now);
        }
        else if (now - timeWait.AnsweredAt < s_answerInterval)
        {
            _tcp.Counters.Unanswered++;
            return true;
        }

        timeWait.AnsweredAt = now;
        segment.Info.Via.Tcp.SendTimeWaitAnswer(in segment, in numbers, now);
        return true;
    }

    /// <summary>Whether a SYN cannot be an old one (RFC 9293, 3.6.1: MAY-2; RFC 6191, 2).</summary>
    private static bool IsNewer(in TcpSegment segment, in TcpTimeWaitNumbers numbers)
    {
        if (numbers.HasTimestamps && segment.Options.HasTimestamps && segment.Options.TimestampValue != numbers.RecentTimestamp)
            return unchecked((int)(segment.Options.TimestampValue - numbers.RecentTimestamp)) > 0;
        return segment.Sequence > numbers.ReceiveNext;
    }

    private void Append(TcpTimeWait added, Instant now)
    {
        added.EndsAt = now + Lifetime;
        added.Next = null;
        added.Before = _last;
        if (_last is null)
            _first = added;
        else
            _last.Next = added;
        _last = added;
        _timer.StartBy(added.EndsAt);
    }

    private void Remove(TcpTimeWait removed)
    {
        _tcp.Table.RemoveConversation(removed);
        Unlink(removed);
        removed.Next = _free;
        _free = removed;
        Count--;
    }

    private void Unlink(TcpTimeWait removed)
    {
        if (removed.Before is null)
            _first = removed.Next;
        else
            removed.Before.Next = removed.Next;
        if (removed.Next is null)
            _last = removed.Before;
        else
            removed.Next.Before = removed.Before;
        removed.Before = null;
        removed.Next = null;
    }

    private void OnDue(Instant now)
    {
        while (_first is { } oldest && oldest.EndsAt <= now)
            Remove(oldest);
        if (_first is not null)
            _timer.Start(_first.EndsAt);
    }
}
