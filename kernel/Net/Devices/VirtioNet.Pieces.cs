using System;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Net.Devices;

// Packets that are not one descriptor: chains, merged arrivals, and legacy devices that want the header by itself.
public sealed partial class VirtioNet
{
    private const int MostPieces = 18;

    /// <summary>Sends a frame whatever it looks like, or drops it if no card could.</summary>
    /// <returns>False if there is no room for it in the ring.</returns>
    private bool TrySendInPieces(PacketBuffer frame)
    {
        if (!TryMakeHeadroom(frame))
            return Discard(frame);
        WriteHeader(frame);
        int length = 0;
        int count = 0;
        if (_headerApart)
            _pieces[count++] = new(frame.DeviceAddress + (uint)(frame.Offset - _headerSize), (uint)_headerSize);
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            if (count == MostPieces)
                return Discard(frame);
            int lead = part == frame && !_headerApart ? _headerSize : 0;
            _pieces[count++] = new(part.DeviceAddress + (uint)(part.Offset - lead), (uint)(part.Length + lead));
            length += part.Length;
        }

        if (count > _transmit.Size)
            return Discard(frame);
        if (_transmit.Add(_pieces.AsSpan(0, count), readable: count, frame.Index) < 0)
            return false;
        _counters.Count(PathEvent.Sent);
        _counters.Count(PathEvent.SentBytes, length);
        return true;
    }

    private bool TryMakeHeadroom(PacketBuffer frame)
    {
        if (frame.Offset >= _headerSize)
            return true;
        if (frame.Length > PacketBuffer.Capacity - _headerSize)
            return false;
        Span<byte> data = frame.Data;
        frame.Offset = _headerSize;
        data.CopyTo(frame.Data);
        _counters.Count(PathEvent.CopiedBytes, data.Length);
        return true;
    }

    private bool Discard(PacketBuffer frame)
    {
        _counters.Count(PathEvent.Overrun);
        frame.Release();
        return true;
    }

    private void ReceiveInPieces(PacketBuffer buffer)
    {
        ulong header = buffer.DeviceAddress + (uint)_receiveStart;
        _pieces[0] = new(header, (uint)_headerSize);
        _pieces[1] = new(header + (uint)_headerSize, PacketBuffer.Capacity - PacketBuffer.Headroom);
        _receive.Add(_pieces.AsSpan(0, 2), readable: 0, buffer.Index);
    }

    /// <summary>Chains the further buffers of an arrival to its first; the device uses all of them at once (virtio 1.2, 5.1.6.4).</summary>
    private bool TryMerge(PacketBuffer frame, int buffers, ref int at, int used, out int length)
    {
        length = frame.Length;
        if (buffers is 0 or > MostPieces || length <= 0)
            return Refuse(frame);
        PacketBuffer last = frame;
        for (int i = 1; i < buffers; i++)
        {
            if (!TryNext(ref at, used, out UsedBuffer next))
                return Refuse(frame);
            PacketBuffer part = _pool[next.Name];
            part.Offset = _receiveStart;
            part.Length = (int)next.Written;
            part.ChecksumVerified = frame.ChecksumVerified;
            last.Next = part;
            last = part;
            length += part.Length;
        }

        return true;
    }

    /// <summary>Goes on in the burst that was taken, and behind its end in the ring.</summary>
    private bool TryNext(ref int at, int used, out UsedBuffer next)
    {
        if (at + 1 < used)
        {
            next = _used[++at];
            return true;
        }

        next = default;
        return _receive.Take(new Span<UsedBuffer>(ref next)) != 0;
    }

    private bool Refuse(PacketBuffer frame)
    {
        _nonsense = true;
        frame.Release();
        return false;
    }
}
