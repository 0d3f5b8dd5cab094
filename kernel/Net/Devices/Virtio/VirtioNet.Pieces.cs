using System;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Net.Devices;

// Packets that are not one descriptor: chains, arrivals of several pages, merged or not, and legacy devices that want the header by itself.
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
        if (frame.SegmentSize != 0)
            WriteSegmentation(frame);
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
        _sent.Count(PathEvent.Sent);
        _sent.Count(PathEvent.SentBytes, length);
        return true;
    }

    private unsafe void WriteSegmentation(PacketBuffer frame)
    {
        byte* header = frame.Page + frame.Offset - _headerSize;
        header[VirtioNetHeader.gso_type] = frame.IsIpv6 ? VirtioNetHeader.VIRTIO_NET_HDR_GSO_TCPV6 : VirtioNetHeader.VIRTIO_NET_HDR_GSO_TCPV4;
        *(ushort*)(header + VirtioNetHeader.hdr_len) = frame.HeadersLength;
        *(ushort*)(header + VirtioNetHeader.gso_size) = frame.SegmentSize;
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
        _sent.Count(PathEvent.CopiedBytes, data.Length);
        return true;
    }

    private bool Discard(PacketBuffer frame)
    {
        _sent.Count(PathEvent.Overrun);
        frame.Release();
        return true;
    }

    /// <summary>Takes as many pages as a receive request has, linked, or none.</summary>
    private PacketBuffer? TryTakePages()
    {
        if (_pool.Available < _requestPages)
            return null;
        PacketBuffer first = _pool.TryTake()!;
        PacketBuffer last = first;
        for (int i = 1; i < _requestPages; i++)
        {
            last.Next = _pool.TryTake()!;
            last = last.Next;
        }

        return first;
    }

    /// <summary>Gives the device pages to receive one frame into. They stay linked, so the first stands for all.</summary>
    private void ReceiveInPieces(PacketBuffer first)
    {
        ulong header = first.DeviceAddress + (uint)_receiveStart;
        int count = 0;
        if (_headerApart)
            _pieces[count++] = new(header, (uint)_headerSize);
        uint lead = _headerApart ? 0 : (uint)_headerSize;
        _pieces[count++] = new(header + (uint)_headerSize - lead, PacketBuffer.Capacity - PacketBuffer.Headroom + lead);
        for (PacketBuffer? page = first.Next; page is not null; page = page.Next)
            _pieces[count++] = new(page.DeviceAddress, PacketBuffer.Capacity);
        _receive.Add(_pieces.AsSpan(0, count), readable: 0, first.Index);
    }

    /// <summary>Spreads the length of an arrival over the pages of its request, and gives back those that it did not need.</summary>
    private bool TrySpread(PacketBuffer frame, int buffers, int length)
    {
        if (buffers == 0 || length <= 0)
            return Refuse(frame);
        PacketBuffer last = frame;
        last.Length = Math.Min(length, PacketBuffer.Capacity - PacketBuffer.Headroom);
        for (int rest = length - last.Length; rest > 0; rest -= last.Length)
        {
            last = last.Next!; // the ring has checked that no more was written than the pages hold
            last.Offset = 0;
            last.Length = Math.Min(rest, PacketBuffer.Capacity);
            last.ChecksumVerified = frame.ChecksumVerified;
        }

        PacketBuffer? unused = last.Next;
        last.Next = null;
        unused?.Release();
        return true;
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
        _state = VirtioNetState.Refused;
        frame.Release();
        return false;
    }
}
