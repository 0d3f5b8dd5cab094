using System;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Many segments in one packet, which the device cuts: one header is written, and no byte is copied.</summary>
/// <remarks>The scoreboard has a record for each segment all the same: losses and acknowledgements are of segments, however they left.</remarks>
public sealed unsafe partial class TcpEndpoint
{
    // In pages that do not begin with the packet's first byte it takes one part more; with the headers' buffer that is below what drivers take (18 pieces, 64 KiB).
    private const int MostInPacket = 15 * PacketBuffer.Capacity;

    private const int FewestSegments = 2;

    /// <summary>Sends as many full segments of the queue as may be on their way, in one packet.</summary>
    /// <param name="unsent">Bytes of the queue that were not sent.</param>
    /// <param name="size">Bytes in a full segment.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many bytes went; 0 if they go segment by segment.</returns>
    private int TrySendCut(int unsent, int size, Instant now)
    {
        if (_mustTellReduced || FindDestination() is not { } destination || !destination.IsReady || !destination.Via.Tcp.IsCutByDevice(destination))
            return 0;
        int most = Math.Min(Math.Min(unsent, MostInPacket), _sendUnacknowledged + _sendWindow - _sendNext);
        most = Math.Min(most, _congestion.Window - _sent.InFlight);
        int segments = most / size;
        if (segments < FewestSegments)
            return 0;
        SentSegment? records = TakeRecords(ref segments);
        int length = segments * size;
        SequenceNumber start = _sendNext;
        _sendNext = start + length;
        if (segments < FewestSegments || !TransmitCut(destination, start, length, size, now))
        {
            _sendNext = start;
            ReturnRecords(records);
            return 0;
        }

        if (_sent.Outstanding == 0)
            _progressAt = now;
        for (int i = 0; i < segments; i++)
        {
            SentSegment record = records!;
            records = record.Next;
            record.Next = null;
            _sent.Add(record, start, start + size, now);
            start += size;
        }

        _reduction.OnSent(length);
        _lastSent = now;
        return length;
    }

    private bool TransmitCut(Destination destination, SequenceNumber sequence, int length, int size, Instant now)
    {
        TcpLayer tcp = destination.Via.Tcp;
        if (tcp.TryTake() is not { } buffer)
            return false;
        if (_unacknowledged.TryShare(sequence - _queueStart, length, destination.Via.Pool) is not { } parts)
        {
            buffer.Release();
            return false;
        }

        TcpFlags flags = _sendNext == QueueEnd ? TcpFlags.Ack | TcpFlags.Psh : TcpFlags.Ack;
        if (_usesEcn)
            flags = AddEcn(flags, mayBeMarked: true);
        byte* header = TcpLayer.HeaderIn(buffer, destination);
        byte* end = WriteHeader(header, sequence, flags, now);
        buffer.Next = parts;
        tcp.SendCut(buffer, destination, header, (int)(end - header), length, size, mayBeMarked: _usesEcn);
        return true;
    }

    /// <summary>Takes records, or fewer if there are no more.</summary>
    private SentSegment? TakeRecords(ref int count)
    {
        SentSegment? first = null;
        int taken = 0;
        while (taken < count && _tcp.Records.TryTake() is { } record)
        {
            record.Next = first;
            first = record;
            taken++;
        }

        count = taken;
        return first;
    }

    private void ReturnRecords(SentSegment? first)
    {
        while (first is { } record)
        {
            first = record.Next;
            _tcp.Records.Return(record);
        }
    }
}
