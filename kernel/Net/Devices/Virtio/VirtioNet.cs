using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
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
    private const int StormThreshold = 1000;

    private readonly VirtioDevice _device;
    private readonly VirtioTransport _transport;
    private readonly int _offeredMtu;
    private PacketPool _pool;
    private readonly PathCounters _counters;
    private readonly PathCounters _received;
    private readonly PathCounters _sent;
    private readonly Virtqueue _receive;
    private readonly Virtqueue _transmit;
    private readonly VirtioSegment[] _pieces = new VirtioSegment[MostPieces];
    private readonly UsedBuffer[] _used = new UsedBuffer[MostTaken];
    private readonly VirtioBuffer[] _frames = new VirtioBuffer[MostTaken];
    private readonly VirtioBuffer[] _stock;
    private readonly bool _merges;
    private readonly int _headerSize;
    private readonly bool _headerApart;
    private readonly int _requestPages;
    private readonly int _requestDescriptors;
    private readonly int _receiveStart;
    private readonly int _receiveTarget;
    private readonly int _refillAt;
    private readonly int _wakeAt;
    private int _stockHead;
    private int _stocked;
    private long _interruptsAtProgress;
    private VirtioNetState _state;

    /// <summary>Whether the transmit ring had no room for a frame since the device last woke us.</summary>
    private bool _full;

    /// <summary>Whether the link came up and the device was told of no frame since.</summary>
    private bool _linkCameUp;

    private VirtioNet(VirtioDevice device, PacketPool pool, Virtqueue receive, Virtqueue transmit, bool mustPoll, int offeredMtu)
    {
        _device = device;
        _transport = device.Transport;
        _counters = _transport.Counters;
        _received = _counters.Queue(ReceiveQueue);
        _sent = _counters.Queue(TransmitQueue);
        _pool = pool;
        _mustPoll = mustPoll;
        _offeredMtu = offeredMtu;
        _receive = receive;
        _transmit = transmit;
        _merges = device.Has((ulong)VirtioNetFeatures.MergedReceive);
        _headerSize = _merges || device.Has(VirtioFeatures.Version1) ? VirtioNetHeader.Size : VirtioNetHeader.LegacySize;
        _headerApart = _transport.IsLegacy && !device.Has(VirtioFeatures.AnyLayout);
        _receiveStart = PacketBuffer.Headroom - _headerSize;
        _requestPages = RequestPages(offeredMtu);
        _requestDescriptors = _requestPages + (_headerApart ? 1 : 0);
        _receiveTarget = ReceiveTarget(_requestPages, _requestDescriptors);
        int refill = Math.Max(1, Math.Min(MostRefill, _receiveTarget / 4));
        _refillAt = (_receiveTarget - refill) * _requestDescriptors;
        _wakeAt = _receiveTarget / 2 * _requestDescriptors;
        Mtu = Math.Min(offeredMtu, LongestMtu());

        // Twice what may be out unreaped: then sent buffers are enough to replace arrivals.
        _stock = _requestDescriptors != 1 ? [] : new VirtioBuffer[2 * BitOperations.RoundUpToPowerOf2((uint)refill)];
    }

    /// <inheritdoc/>
    public string Name => _counters.Name;

    /// <inheritdoc/>
    public MacAddress Address { get; private set; }

    /// <inheritdoc/>
    public int Mtu { get; }

    /// <inheritdoc/>
    public NetworkOffloads Offloads { get; private set; }

    /// <inheritdoc/>
    public bool LinkUp { get; private set; }

    /// <inheritdoc/>
    public PathCounters Counters => _counters;

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
    {
        if (!IsRunning)
            return 0;
        if (_transmit.Free < burst.Length)
            TakeSent();
        int taken = SendWhole(burst);
        while (taken < burst.Length)
        {
            if (!TrySendInPieces(burst[taken]))
            {
                TakeSent();
                if (!TrySendInPieces(burst[taken]))
                {
                    _full = true;
                    break;
                }
            }

            taken++;
            taken += SendWhole(burst[taken..]);
        }

        if (!more)
        {
            _transport.Publish(_transmit);
            if (_linkCameUp)
                TellAfterLinkUp();
        }

        return taken;
    }

    /// <inheritdoc/>
    public int Receive(Span<PacketBuffer> burst)
    {
        if (_transport.ConfigurationChanged)
            TakeConfigurationChange();
        if (_state != VirtioNetState.Polled)
        {
            if (!IsRunning)
                return 0;
            Disarm();
        }

        long bytes = 0;
        int count = 0;
        bool more = true;
        while (more && count < burst.Length)
        {
            int used = TakeArrivals(burst.Length - count, out more);
            for (int i = 0; i < used; i++)
            {
                PacketBuffer frame = _pool[_used[i].Name];
                int length = (int)_used[i].Written - _headerSize;
                int buffers = ReadHeader(frame);
                frame.Offset = PacketBuffer.Headroom;
                frame.Length = length;
                if (buffers != 1 || length <= 0)
                {
                    int last = i;
                    bool good = _merges ? TryMerge(frame, buffers, ref last, used, out length) : TrySpread(frame, buffers, length);
                    i = last;
                    if (!good)
                        continue;
                }

                Reference.Set(ref burst[count++]!, frame);
                bytes += length;
            }
        }

        if (count != 0)
        {
            _received.Count(PathEvent.Received, count);
            _received.Count(PathEvent.ReceivedBytes, bytes);
            _received.Count(PathEvent.Burst);
            _interruptsAtProgress = _counters.Own(PathEvent.Interrupt);
        }

        // What was sent is taken back in bursts too: when enough of it is out, or nothing else is to do.
        if (count == 0 || _transmit.InFlight >= MostRefill)
            TakeSent();
        if (IsRefillDue)
            Refill();
        if (IsBroken)
            RecoverFromViolation();
        else if (count == 0 && _counters.Own(PathEvent.Interrupt) - _interruptsAtProgress >= StormThreshold)
            RecoverFromStorm();
        return count;
    }

    /// <inheritdoc/>
    public bool Arm()
    {
        if (!IsRunning)
            return true;
        if (_transport.ConfigurationChanged || _mustPoll || IsBroken)
            return false;
        if (IsRefillDue)
            Refill();

        // Short of room to send, or of buffers to receive into: what was sent brings both back, so it must wake us too.
        bool both = _transmit.InFlight != 0 && (_full || _receive.Shown < _wakeAt);
        _state = both ? VirtioNetState.ArmedForBoth : VirtioNetState.ArmedForArrivals;
        return (!both || _transmit.Arm()) && _receive.Arm();
    }

    private bool IsRunning
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _state >= VirtioNetState.Polled;
    }

    /// <summary>Requests that the receive ring is short of.</summary>
    private int Missing
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _receiveTarget - (_requestDescriptors == 1 ? _receive.InFlight : _receive.InFlight / _requestDescriptors);
    }

    /// <summary>Whether the device broke the protocol, and has not been reset since.</summary>
    private bool IsBroken
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_receive.Violation | _transmit.Violation) != VirtqueueViolation.None || _state == VirtioNetState.Refused;
    }

    /// <summary>Whether the device has so few buffers to receive into that it is worth showing it more.</summary>
    private bool IsRefillDue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _receive.Shown <= _refillAt;
    }

    private void Disarm()
    {
        _receive.Park();
        if (_state == VirtioNetState.ArmedForBoth)
            _transmit.Park();
        _full = false;
        _state = VirtioNetState.Polled;
    }

    /// <summary>Sends frames that are one piece with their header, up to the first that is not or for which there is no room.</summary>
    /// <returns>How many.</returns>
    private int SendWhole(ReadOnlySpan<PacketBuffer> frames)
    {
        if (_headerApart)
            return 0;
        int headerSize = _headerSize;
        long bytes = 0;
        int count = 0;
        for (; count < frames.Length && count < MostTaken; count++)
        {
            PacketBuffer frame = frames[count];
            if (frame.Next is not null || frame.Offset < headerSize)
                break;
            WriteHeader(frame);
            int length = frame.Length;
            bytes += length;
            ulong start = frame.DeviceAddress + (uint)(frame.Offset - headerSize);
            _frames[count] = new(start, (uint)(length + headerSize), frame.Index);
        }

        int added = _transmit.AddEach(_frames.AsSpan(0, count), deviceWrites: false);
        for (int i = added; i < count; i++)
            bytes -= frames[i].Length;
        _sent.Count(PathEvent.Sent, added);
        _sent.Count(PathEvent.SentBytes, bytes);
        return added;
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

    /// <summary>Reads what the device says of an arrival; once, since it could change its mind.</summary>
    /// <returns>How many buffers the frame came in; 0 if the header makes no sense.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe int ReadHeader(PacketBuffer frame)
    {
        byte* header = frame.Page + _receiveStart;
        int flagsAndType = Volatile.Read(ref *(ushort*)header);
        frame.ChecksumVerified =
            (flagsAndType & (VirtioNetHeader.VIRTIO_NET_HDR_F_NEEDS_CSUM | VirtioNetHeader.VIRTIO_NET_HDR_F_DATA_VALID)) != 0;
        if (flagsAndType >> 8 != VirtioNetHeader.VIRTIO_NET_HDR_GSO_NONE && !TryNoteMerged(frame, flagsAndType >> 8))
            return 0;
        return _merges ? Volatile.Read(ref *(ushort*)(header + VirtioNetHeader.num_buffers)) : _requestPages;
    }

    /// <summary>Notes that an arrival is segments of TCP that were merged.</summary>
    /// <returns>False if that was not agreed on.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe bool TryNoteMerged(PacketBuffer frame, int type)
    {
        VirtioNetFeatures needed = (type & ~VirtioNetHeader.VIRTIO_NET_HDR_GSO_ECN) switch
        {
            VirtioNetHeader.VIRTIO_NET_HDR_GSO_TCPV4 => VirtioNetFeatures.GuestTso4,
            VirtioNetHeader.VIRTIO_NET_HDR_GSO_TCPV6 => VirtioNetFeatures.GuestTso6,
            _ => 0,
        };
        if (needed == 0 || !_device.Has((ulong)needed))
            return false;
        frame.NoteMerged(Volatile.Read(ref *(ushort*)(frame.Page + _receiveStart + VirtioNetHeader.gso_size)));
        return true;
    }

    /// <summary>Takes arrivals from the ring into <see cref="_used"/>, and gives it buffers of the stock in their place; without a
    /// stock, or where a buffer takes two descriptors, the ring gets shorter and <see cref="Refill"/> makes up for it.</summary>
    /// <param name="most">How many are wanted.</param>
    /// <param name="more">Whether there may be more than were taken.</param>
    private int TakeArrivals(int most, out bool more)
    {
        if (_stocked == 0)
            Restock();
        int given = Math.Min(Math.Min(_stocked, most), _stock.Length - _stockHead);
        int used;
        if (given != 0)
        {
            used = _receive.Exchange(_stock.AsSpan(_stockHead, given), _used);
            _stockHead = (_stockHead + used) & (_stock.Length - 1);
            _stocked -= used;
            more = used == given;
        }
        else
        {
            used = _receive.Take(_used.AsSpan(0, Math.Min(most, MostTaken)));
            more = used != 0;
        }

        return used;
    }

    /// <summary>Fills the stock from the pool, as far as that has buffers.</summary>
    private void Restock()
    {
        while (_stocked < _stock.Length && _pool.TryTake() is { } buffer)
            Stock(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Stock(PacketBuffer buffer) => _stock[(_stockHead + _stocked++) & (_stock.Length - 1)] = ForReceiving(buffer);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private VirtioBuffer ForReceiving(PacketBuffer buffer) =>
        new(buffer.DeviceAddress + (uint)_receiveStart, (uint)(PacketBuffer.Capacity - _receiveStart), buffer.Index);

    /// <summary>Takes back what was sent. A buffer goes straight to the stock where that is short of one, so an echo's buffers never see
    /// the pool.</summary>
    private void TakeSent()
    {
        int taken;
        do
        {
            taken = _transmit.Take(_used);
            if (taken != 0)
                _interruptsAtProgress = _counters.Own(PathEvent.Interrupt);
            for (int i = 0; i < taken; i++)
            {
                PacketBuffer sent = _pool[_used[i].Name];
                if (_stocked == _stock.Length || sent.Next is not null)
                {
                    sent.Release();
                    continue;
                }

                sent.ChecksumStart = 0;
                Stock(sent);
            }
        }
        while (taken == MostTaken);
    }

    /// <summary>Brings the ring to its full number of buffers, as far as the pool has some, or else the stock, and shows the device all that
    /// is new.</summary>
    private void Refill()
    {
        int missing = Missing;
        if (_requestDescriptors != 1)
        {
            for (; missing > 0 && TryTakePages() is { } first; missing--)
                ReceiveInPieces(first);
        }
        else
        {
            for (; missing > 0 && _pool.TryTake() is { } buffer; missing--)
                _receive.AddEach([ForReceiving(buffer)], deviceWrites: true);
            for (; missing > 0 && _stocked != 0; missing--)
            {
                _receive.AddEach(_stock.AsSpan(_stockHead, 1), deviceWrites: true);
                _stockHead = (_stockHead + 1) & (_stock.Length - 1);
                _stocked--;
            }
        }

        _transport.Publish(_receive);
    }
}
