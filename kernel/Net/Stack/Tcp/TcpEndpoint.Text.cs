using System;
using System.Runtime.CompilerServices;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The text of a segment that arrived, the FIN behind it, and when they are acknowledged (RFC 9293, 3.10.7.4, seventh and eighth; 3.8.6).</summary>
public sealed partial class TcpEndpoint
{
    // RFC 9293, 3.8.6.3: less than half a second (MUST-40).
    private static readonly Duration s_acknowledgeDelay = Duration.FromMilliseconds(40);

    // The number of the byte that is expected next (RCV.NXT), up to which byte the other side may send (RCV.NXT + RCV.WND), and what was
    // acknowledged last.
    private SequenceNumber _receiveNext;
    private SequenceNumber _advertised;
    private SequenceNumber _lastAcknowledged;

    // Sent when the segment in hand is done with; sent in the next pass unless the application's answer carries it.
    private bool _ackNow;
    private bool _isDue;
    private bool _refusesText;

    /// <summary>The next of those whose acknowledgements are due.</summary>
    internal TcpEndpoint? NextDue;

    private void TakeTextAndFin(ref TcpSegment segment)
    {
        bool hasFin = segment.Has(TcpFlags.Fin);
        if (segment.Length == 0 && !hasFin)
            return;
        if (_state is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            // The other side has said that it has no more: what is in the window still is a copy of its FIN.
            _ackNow = true;
            return;
        }

        if (_usesEcn)
            NoteMark(in segment);
        if (segment.Length != 0 && !TakeText(ref segment, ref hasFin))
            return;
        if (hasFin && segment.Sequence + segment.Length == _receiveNext)
            TakeFin();
        else if (hasFin)
            _ackNow = true;
    }

    /// <summary>Takes what is in the window.</summary>
    /// <returns>False if the connection is over.</returns>
    private bool TakeText(ref TcpSegment segment, ref bool hasFin)
    {
        if (_isOrphan || _refusesText)
            return RefuseText(ref segment);
        if (segment.Sequence < _receiveNext)
            CutFront(ref segment, _receiveNext - segment.Sequence);
        int excess = segment.Sequence + segment.Length - _advertised;
        if (excess > 0)
        {
            hasFin = false;
            _ackNow = true;
            if (excess >= segment.Length)
                return true;
            segment.Length -= excess;
            PacketChain.Trim(segment.Buffer!, segment.Length);
        }

        if (segment.Length == 0)
            return true;
        if (segment.Sequence != _receiveNext)
        {
            TakeEarly(ref segment);
            return true;
        }

        // Where there is no room for all of it, the FIN is not there yet.
        TakeInOrder(ref segment);
        hasFin &= segment.Has(TcpFlags.Fin);
        return true;
    }

    private void TakeInOrder(ref TcpSegment segment)
    {
        PacketPool pool = segment.Info.Via.Pool;
        if (!_unread.TryAdd(segment.Buffer!, segment.Length, pool, _early.Buffers) && !TryAddInsteadOfEarly(in segment, pool)
            && !TryAddFront(ref segment, pool))
        {
            _tcp.Counters.NoRoom++;
            _ackNow = true;
            return;
        }

        segment.Buffer = null;
        _receiveNext += segment.Length;
        if (!_early.IsEmpty)
            FillGap();
        if (_receiveNext - _lastAcknowledged >= 2 * _receiveSegment)
            AcknowledgeSoon(segment.Info.Via);
        else if (_acknowledgeAt.IsNever)
            AcknowledgeLater();
        Readers.WakeOne();
    }

    // What fills a gap comes before what waits for it, which will be sent again (RFC 2018, 8): or connections that wait for their gaps to be filled
    // could have all memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryAddInsteadOfEarly(in TcpSegment segment, PacketPool pool)
    {
        if (_early.IsEmpty)
            return false;
        _early.Clear();
        return _unread.TryAdd(segment.Buffer!, segment.Length, pool, 0);
    }

    // A device that merges segments brings many at once. Those for which there is no room are sent again; if all were, a sender that sends many at
    // once would get nowhere beside others who have most of the memory.
    private bool TryAddFront(ref TcpSegment segment, PacketPool pool)
    {
        int added = _unread.AddFront(segment.Buffer!, pool);
        if (added == 0)
            return false;
        segment.Length = added;
        segment.Flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
        _tcp.Counters.NoRoom++;
        _ackNow = true;
        return true;
    }

    // What fills a gap, all of it or a part, is acknowledged at once, so that the sender knows (RFC 5681, 4.2).
    private void FillGap()
    {
        _receiveNext = _early.MoveTo(_receiveNext, ref _unread);
        _ackNow = true;
    }

    private void TakeEarly(ref TcpSegment segment)
    {
        _tcp.Counters.OutOfOrder++;
        PacketBuffer piece = segment.Buffer!;
        segment.Buffer = null;
        _early.Add(piece, segment.Sequence, segment.Info.Via.Pool, _unread.Buffers);
        _ackNow = true;
    }

    // Nobody will read it: the other side is told that it is lost (RFC 9293, 3.6.1, and RFC 2525, 2.17).
    private bool RefuseText(ref TcpSegment segment)
    {
        if (_isOrphan)
        {
            AbortConnection(TcpError.Aborted);
            return false;
        }

        // Reading was shut down, writing was not: it counts as read.
        if (segment.Sequence <= _receiveNext)
            _receiveNext = SequenceNumber.Later(_receiveNext, segment.Sequence + segment.Length);
        AcknowledgeLater();
        return true;
    }

    private static void CutFront(ref TcpSegment segment, int bytes)
    {
        segment.Sequence += bytes;
        segment.Length -= bytes;
        PacketBuffer? piece = segment.Buffer;
        while (bytes > 0 && piece is not null)
        {
            int part = Math.Min(bytes, piece.Length);
            piece.Offset += part;
            piece.Length -= part;
            bytes -= part;
            piece = piece.Next;
        }
    }

    private void TakeFin()
    {
        _receiveNext += 1;
        _peerHasFinished = true;
        _ackNow = true;
        switch (_state)
        {
            case TcpState.Established:
                _state = TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                // Our own FIN is not acknowledged: if it were, this would be FIN-WAIT-2.
                _state = TcpState.Closing;
                break;
            case TcpState.FinWait2:
                EnterTimeWait();
                return;
        }

        Readers.WakeAll();
    }

    /// <summary>The application has read: the window may be opened further.</summary>
    private void OnRead(int bytes)
    {
        if (_destination is { } destination)
            destination.Via.CountCopied(bytes);
        if (_state is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
            return;

        // Silly window syndrome, the receiver's part: only a step that is worth a segment is told of (RFC 9293, 3.8.6.2.2).
        int window = _advertised - _receiveNext;
        if (ReceiveBufferSize - _unread.Length - window >= Math.Min(ReceiveBufferSize / 2, 2 * _receiveSegment) && window < ReceiveBufferSize / 2)
            AcknowledgeInTurn();
    }

    // The other side waits for this: it goes when the thread has done its turn, with its answer if there is one.
    private void AcknowledgeInTurn()
    {
        if (_destination is { } destination)
            AcknowledgeSoon(destination.Via);
    }

    private void AcknowledgeSoon(NetworkInterface via)
    {
        _acknowledgeAt = _stack.Now;
        if (_isDue)
            return;
        _isDue = true;
        NextDue = _tcp.FirstDue;
        _tcp.FirstDue = this;
        via.RequestPass();
    }

    private void AcknowledgeLater()
    {
        _acknowledgeAt = _stack.Now + s_acknowledgeDelay;
        Expect(_acknowledgeAt);
    }

    private void AcknowledgeIfNeeded(Instant now)
    {
        if (_ackNow && _state != TcpState.Closed)
            SendAcknowledgement(now);
    }

    /// <summary>Sends an acknowledgement that was due in this pass, unless something carried it.</summary>
    internal void AcknowledgeIfDue(Instant now)
    {
        _isDue = false;
        if (!_acknowledgeAt.IsNever && _state >= TcpState.Established)
            SendAcknowledgement(now);
    }
}
