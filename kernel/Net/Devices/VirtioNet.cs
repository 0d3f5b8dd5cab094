using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;

namespace Guest.Net.Devices;

/// <summary>A virtio network card with one pair of queues (virtio 1.2, 5.1), over any transport and either ring.</summary>
/// <remarks>
/// Every buffer is a page, and the header lies in the same page right before its frame: one descriptor a packet each way, and no copy. What
/// was sent is taken back when the driver is polled anyway, so transmission raises no interrupt.
/// </remarks>
public sealed partial class VirtioNet : INetworkDevice
{
    /// <summary>The virtio device type (virtio 1.2, 5).</summary>
    public const uint DeviceType = 1;

    private const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    private const int QueueCount = 2;
    private const int MostDescriptors = 256;
    private const int MostRefill = 16;
    private const int MostTaken = 64;

    // What sending a frame can give instead of a descriptor's id.
    private const int RingFull = -1;
    private const int Unsendable = -2;

    private readonly VirtioDevice _device;
    private readonly VirtioTransport _transport;
    private readonly PacketPool _pool;
    private readonly PathCounters _counters;
    private readonly Virtqueue _receive;
    private readonly Virtqueue _transmit;
    private readonly PacketBuffer?[] _receiving;
    private readonly PacketBuffer?[] _sending;
    private readonly VirtioSegment[] _pieces = new VirtioSegment[MostPieces];
    private readonly UsedBuffer[] _used = new UsedBuffer[MostTaken];
    private readonly bool _merges;
    private readonly int _headerSize;
    private readonly bool _headerApart;
    private readonly int _receiveStart;
    private readonly int _receiveTarget;
    private readonly int _refill;
    private bool _running;
    private bool _armed;
    private bool _full;
    private bool _nonsense;

    private VirtioNet(VirtioDevice device, PacketPool pool, Virtqueue receive, Virtqueue transmit, bool mustPoll)
    {
        _device = device;
        _transport = device.Transport;
        _counters = _transport.Counters;
        _pool = pool;
        _mustPoll = mustPoll;
        _receive = receive;
        _transmit = transmit;
        _receiving = new PacketBuffer?[receive.Size];
        _sending = new PacketBuffer?[transmit.Size];
        _merges = device.Has((ulong)VirtioNetFeatures.MergedReceive);
        _headerSize = _merges || device.Has(VirtioFeatures.Version1) ? VirtioNetHeader.Size : VirtioNetHeader.LegacySize;
        _headerApart = _transport.IsLegacy && !device.Has(VirtioFeatures.AnyLayout);
        _receiveStart = PacketBuffer.Headroom - _headerSize;
        _receiveTarget = ReceiveTarget(receive, pool, _headerApart);
        _refill = Math.Max(1, Math.Min(MostRefill, _receiveTarget / 4));
    }

    /// <inheritdoc/>
    public string Name => _counters.Name;

    /// <inheritdoc/>
    public MacAddress Address { get; private set; }

    /// <inheritdoc/>
    public int Mtu { get; private set; }

    /// <inheritdoc/>
    public NetworkOffloads Offloads { get; private set; }

    /// <inheritdoc/>
    public bool LinkUp { get; private set; }

    /// <inheritdoc/>
    public PathCounters Counters => _counters;

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        if (!_running)
            return 0;
        if (_transmit.Free < burst.Length)
            Reap();
        int taken = 0;
        long bytes = 0;
        int dropped = 0;
        while (taken < burst.Length)
        {
            PacketBuffer frame = burst[taken];
            bool whole = frame.Next is null && frame.Offset >= _headerSize && !_headerApart;
            int length = frame.Length;
            int id = whole ? Send(frame) : SendPieces(frame, out length);
            if (id == RingFull)
            {
                _full = true;
                break;
            }

            taken++;
            if (id == Unsendable)
            {
                dropped++;
                continue;
            }

            _sending[id] = frame;
            bytes += length;
        }

        _counters.Count(PathEvent.Sent, taken - dropped);
        _counters.Count(PathEvent.SentBytes, bytes);
        if (!more)
            _transport.Publish(_transmit);
        return taken;
    }

    /// <inheritdoc/>
    public int Receive(Span<PacketBuffer> burst)
    {
        if (_running && _transport.ConfigurationChanged)
            TakeConfigurationChange();
        if (!_running)
            return 0;
        if (_armed)
            Disarm();
        int used = _receive.Take(_used.AsSpan(0, Math.Min(burst.Length, _used.Length)));
        int count = 0;
        long bytes = 0;
        for (int i = 0; i < used; i++)
        {
            PacketBuffer frame = _receiving[_used[i].Id]!;
            if (!TryAccept(frame, ref i, used, out int length))
                continue;
            burst[count++] = frame;
            bytes += length;
        }

        if (count != 0)
        {
            _counters.Count(PathEvent.Received, count);
            _counters.Count(PathEvent.ReceivedBytes, bytes);
            _counters.Count(PathEvent.Burst);
        }

        // What was sent is taken back in bursts too: when enough of it is out, or nothing else is to do.
        if (count == 0 || _transmit.InFlight >= MostRefill)
            Reap();
        if (Missing + _receive.Unpublished >= _refill)
            Refill();
        if (_nonsense || _receive.Violation != VirtqueueViolation.None || _transmit.Violation != VirtqueueViolation.None)
            RecoverFromViolation();
        return count;
    }

    /// <inheritdoc/>
    public bool Arm()
    {
        if (!_running)
            return true;
        if (_transport.ConfigurationChanged || _mustPoll)
            return false;
        _armed = true;

        // Short of room to send, or of buffers to receive into: what was sent brings both back, so it must wake us too.
        bool needSent = _transmit.InFlight != 0 && (_full || Missing + _receive.Unpublished > _receiveTarget / 2);
        return (!needSent || _transmit.Arm()) && _receive.Arm();
    }

    /// <summary>Buffers that the receive ring is short of.</summary>
    private int Missing
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _receiveTarget - (_headerApart ? _receive.InFlight / 2 : _receive.InFlight);
    }

    private static int ReceiveTarget(Virtqueue receive, PacketPool pool, bool headerApart)
    {
        int buffers = headerApart ? receive.Size / 2 : receive.Size;
        int target = Math.Min(buffers, MostDescriptors);
        while (target > pool.Count / 2 && target > 1)
            target /= 2;
        return target;
    }

    private void Disarm()
    {
        _armed = false;
        _full = false;
        _receive.Park();
        _transmit.Park();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Send(PacketBuffer frame)
    {
        WriteHeader(frame);
        ulong address = frame.DeviceAddress + (uint)(frame.Offset - _headerSize);
        return _transmit.Add(address, (uint)(frame.Length + _headerSize), deviceWrites: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void WriteHeader(PacketBuffer frame)
    {
        // The longer header's last two bytes are the frame's own first in the shorter one: they are written only where they belong.
        byte* header = frame.Page + frame.Offset - _headerSize;
        *(ulong*)header = 0;
        *(ushort*)(header + VirtioNetHeader.csum_offset) = 0;
        if (_headerSize == VirtioNetHeader.Size)
            *(ushort*)(header + VirtioNetHeader.num_buffers) = 0;
        if (frame.ChecksumStart == 0)
            return;
        header[VirtioNetHeader.flags] = VirtioNetHeader.VIRTIO_NET_HDR_F_NEEDS_CSUM;
        *(ushort*)(header + VirtioNetHeader.csum_start) = frame.ChecksumStart;
        *(ushort*)(header + VirtioNetHeader.csum_offset) = frame.ChecksumOffset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe bool TryAccept(PacketBuffer frame, ref int at, int used, out int length)
    {
        byte* header = frame.Page + _receiveStart;
        int flagsAndType = Volatile.Read(ref *(ushort*)header);
        length = (int)_used[at].Written - _headerSize;
        frame.Offset = PacketBuffer.Headroom;
        frame.Length = length;
        frame.ChecksumVerified =
            (flagsAndType & (VirtioNetHeader.VIRTIO_NET_HDR_F_NEEDS_CSUM | VirtioNetHeader.VIRTIO_NET_HDR_F_DATA_VALID)) != 0;
        if (length <= 0 || flagsAndType >> 8 != VirtioNetHeader.VIRTIO_NET_HDR_GSO_NONE)
            return Refuse(frame);
        int buffers = _merges ? Volatile.Read(ref *(ushort*)(header + VirtioNetHeader.num_buffers)) : 1;
        return buffers == 1 || TryMerge(frame, buffers, ref at, used, ref length);
    }

    /// <summary>Takes back what was sent. A buffer goes straight to the receive ring where that is short of one, so an echo's buffers
    /// never see the pool.</summary>
    private void Reap()
    {
        int missing = Missing;
        int taken;
        do
        {
            taken = _transmit.Take(_used);
            foreach (UsedBuffer used in _used.AsSpan(0, taken))
            {
                PacketBuffer sent = _sending[used.Id]!;
                if (missing > 0 && sent.Next is null && sent.IsFrom(_pool))
                {
                    missing--;
                    sent.ChecksumStart = 0;
                    Post(sent);
                }
                else
                {
                    sent.Release();
                }
            }
        }
        while (taken == _used.Length);
    }

    private void Refill()
    {
        while (Missing > 0)
        {
            PacketBuffer? buffer = _pool.TryTake();
            if (buffer is null)
                break;
            Post(buffer);
        }

        _transport.Publish(_receive);
    }

    /// <summary>Gives a buffer to the receive ring, which is short of one; the device sees it at the next publication.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Post(PacketBuffer buffer)
    {
        int id = _headerApart
            ? ReceiveInPieces(buffer)
            : _receive.Add(
                buffer.DeviceAddress + (uint)_receiveStart, (uint)(PacketBuffer.Capacity - _receiveStart), deviceWrites: true);
        _receiving[id] = buffer;
    }
}
