using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The connections that others have begun to open: a bounded number of records (RFC 4987, 3.5), and beyond it answers that keep nothing (3.6).</summary>
internal sealed class TcpHalfOpens
{
    /// <summary>How many are kept at once.</summary>
    public const int Most = 512;

    /// <summary>How many are kept of a listener whose backlog is smaller.</summary>
    public const int LeastOfListener = 64;

    // The answer is repeated after one second, then two, four, eight and sixteen; after sixteen more nobody is waited for.
    private const int MostAnswers = 5;

    private static readonly Duration s_leastInterval = Duration.FromMilliseconds(500);

    private readonly TcpConnections _tcp;
    private readonly SynCookies _cookies;
    private readonly Action<TcpHalfOpen, Instant> _onDue;
    private TcpHalfOpen? _first;
    private TcpHalfOpen? _free;

    /// <summary>Makes it.</summary>
    public TcpHalfOpens(TcpConnections tcp)
    {
        _tcp = tcp;
        _cookies = new SynCookies(tcp);
        _onDue = OnDue;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The number after which the next connection must begin, where it follows one that is in TIME-WAIT (RFC 9293, 3.6.1: MAY-2).</summary>
    public SequenceNumber? BeginAfter { get; set; }

    /// <summary>Answers a SYN.</summary>
    public void Open(TcpListenEndpoint listener, in TcpSegment segment)
    {
        if (!HasRoom(listener))
            return;

        if (Count >= Most || listener.HalfOpenCount >= Math.Max(listener.Backlog, LeastOfListener))
        {
            _cookies.Answer(listener, in segment);
            return;
        }

        TcpHalfOpen opened = Take();
        IpAddress local = segment.Info.Destination;
        opened.NameBoth(local, segment.LocalPort.Value, segment.Info.Source, segment.RemotePort.Value, _tcp.Table.Secret);
        opened.Listener = listener;
        opened.Offer = segment.Options.ToOffer();
        opened.InitialReceive = segment.Sequence;
        opened.InitialSend = ChooseInitialSend(opened);
        opened.TimestampOffset = _tcp.Secrets.TimestampOffset(opened);
        opened.ReceiveShift = opened.Offer.WindowShift < 0 ? 0 : TcpConnections.ShiftFor(listener.ReceiveBufferSize);
        opened.Window = Math.Min(listener.ReceiveBufferSize, ushort.MaxValue);
        opened.UsesEcn = (segment.Flags & (TcpFlags.Ece | TcpFlags.Cwr)) == (TcpFlags.Ece | TcpFlags.Cwr);
        opened.Answers = 0;
        listener.HalfOpenCount++;
        _tcp.Table.AddConversation(opened);
        Answer(opened, _tcp.Stack.Now);
    }

    /// <summary>A segment arrives in SYN-RECEIVED (RFC 9293, 3.10.7.4).</summary>
    public void Input(TcpHalfOpen halfOpen, ref TcpSegment segment)
    {
        Instant now = _tcp.Stack.Now;
        SequenceNumber expected = halfOpen.InitialReceive + 1;

        // The SYN again: our answer was lost, or is late.
        if (segment.Has(TcpFlags.Syn) && segment.Sequence == halfOpen.InitialReceive && !segment.Has(TcpFlags.Ack | TcpFlags.Rst))
        {
            if (now - halfOpen.AnsweredAt >= s_leastInterval)
                Answer(halfOpen, now);
            return;
        }

        // First, the sequence number.
        bool isAcceptable = segment.Sequence == expected || (segment.End > expected && segment.Sequence < expected + halfOpen.Window);
        if (!isAcceptable)
        {
            _tcp.Counters.Unacceptable++;
            if (!segment.Has(TcpFlags.Rst))
                Acknowledge(halfOpen, now);
            return;
        }

        // Second, the RST bit: back to LISTEN. Fourth, the SYN bit: likewise.
        if (segment.Has(TcpFlags.Rst | TcpFlags.Syn))
        {
            if (segment.Has(TcpFlags.Syn) || segment.Sequence == expected)
                Remove(halfOpen);
            else
                Acknowledge(halfOpen, now);
            return;
        }

        // Fifth, the ACK field.
        if (!segment.Has(TcpFlags.Ack))
        {
            _tcp.Counters.WithoutAck++;
            return;
        }

        if (segment.Acknowledgement != halfOpen.InitialSend + 1)
        {
            segment.Info.Via.Tcp.SendReset(in segment);
            return;
        }

        halfOpen.RoundTrip = halfOpen.Answers == 1 ? now - halfOpen.AnsweredAt : Duration.Zero;
        Establish(halfOpen, ref segment);
    }

    /// <summary>Opens a connection for an acknowledgement of an answer that kept nothing.</summary>
    /// <returns>False if it is none.</returns>
    public bool TryRedeem(TcpListenEndpoint listener, ref TcpSegment segment)
    {
        if (!_cookies.AreOut(_tcp.Stack.Now) || !HasRoom(listener))
            return false;
        TcpHalfOpen opened = Take();
        if (!_cookies.TryRedeem(listener, in segment, opened))
        {
            Free(opened);
            return false;
        }

        _tcp.Counters.CookiesRedeemed++;
        listener.HalfOpenCount++;
        opened.Listener = listener;
        _tcp.Table.AddConversation(opened);
        Establish(opened, ref segment);
        return true;
    }

    /// <summary>Forgets those of a listener that is closed.</summary>
    public void RemoveAllOf(TcpListenEndpoint listener)
    {
        TcpHalfOpen? at = _first;
        while (at is not null)
        {
            TcpHalfOpen? next = at.Next;
            if (at.Listener == listener)
                Remove(at);
            at = next;
        }
    }

    private bool HasRoom(TcpListenEndpoint listener)
    {
        if (!listener.HasRoom)
            _tcp.Counters.BacklogFull++;
        else if (!_tcp.MayOpen)
            _tcp.Counters.OutOfMemory++;
        else
            return true;
        return false;
    }

    // What waits to be accepted is bounded; the other side sends again what finds no room now.
    private void Establish(TcpHalfOpen halfOpen, ref TcpSegment segment)
    {
        TcpListenEndpoint listener = halfOpen.Listener!;
        if (!HasRoom(listener))
            return;

        TcpEndpoint connection = _tcp.TakeEndpoint();
        connection.Adopt(halfOpen, listener);
        Remove(halfOpen);
        _tcp.Table.AddConversation(connection);
        connection.Input(ref segment);
        listener.Add(connection);
    }

    private SequenceNumber ChooseInitialSend(TcpHalfOpen opened)
    {
        SequenceNumber chosen = _tcp.Secrets.InitialSequence(opened, _tcp.Stack.Now);
        return BeginAfter is { } least && chosen <= least ? least + 1 : chosen;
    }

    private void Answer(TcpHalfOpen halfOpen, Instant now)
    {
        // One that nothing leads to now is answered when the time comes again.
        if (_tcp.Stack.FindDestination(halfOpen.RemoteAddress, halfOpen.LocalAddress, null) is { } destination)
        {
            SynOptions options = new()
            {
                MaximumSegment = TcpLayer.SegmentFor(destination),
                HasWindowShift = halfOpen.Offer.WindowShift >= 0,
                WindowShift = halfOpen.ReceiveShift,
                PermitsSack = halfOpen.Offer.PermitsSack,
                HasTimestamps = halfOpen.Offer.HasTimestamps,
                TimestampValue = TcpConnections.TimestampAt(now) + halfOpen.TimestampOffset,
                TimestampEcho = halfOpen.Offer.TimestampValue,
            };
            TcpFlags flags = TcpFlags.Syn | TcpFlags.Ack | (halfOpen.UsesEcn ? TcpFlags.Ece : TcpFlags.None);
            destination.Via.Tcp.SendSyn(destination, halfOpen, halfOpen.InitialSend, halfOpen.InitialReceive + 1, flags, halfOpen.Window, in options);
        }

        halfOpen.Answers++;
        halfOpen.AnsweredAt = now;
        halfOpen.Timer.Start(now + new Duration(RoundTripTime.InitialTimeout.Nanoseconds << (halfOpen.Answers - 1)));
    }

    private void Acknowledge(TcpHalfOpen halfOpen, Instant now)
    {
        if (now - halfOpen.AnsweredAt >= s_leastInterval)
            Answer(halfOpen, now);
    }

    private void OnDue(TcpHalfOpen halfOpen, Instant now)
    {
        if (halfOpen.Answers > MostAnswers)
            Remove(halfOpen);
        else
            Answer(halfOpen, now);
    }

    private TcpHalfOpen Take()
    {
        TcpHalfOpen taken = _free ?? new TcpHalfOpen(_tcp.Stack.Timers, _tcp.Nobody, _onDue);
        _free = taken.Next;
        taken.Before = null;
        taken.Next = _first;
        if (_first is not null)
            _first.Before = taken;
        _first = taken;
        Count++;
        return taken;
    }

    private void Remove(TcpHalfOpen halfOpen)
    {
        _tcp.Table.RemoveConversation(halfOpen);
        halfOpen.Timer.Stop();
        halfOpen.Listener!.HalfOpenCount--;
        halfOpen.Listener = null;
        Free(halfOpen);
    }

    private void Free(TcpHalfOpen halfOpen)
    {
        if (halfOpen.Before is null)
            _first = halfOpen.Next;
        else
            halfOpen.Before.Next = halfOpen.Next;
        if (halfOpen.Next is not null)
            halfOpen.Next.Before = halfOpen.Before;
        halfOpen.Before = null;
        halfOpen.Next = _free;
        _free = halfOpen;
        Count--;
    }
}
