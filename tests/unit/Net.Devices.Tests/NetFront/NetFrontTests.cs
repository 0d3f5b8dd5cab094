using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;
using Guest.Net;
using Guest.Pv.Tests.Xen;
using Guest.Pv.Xen;
using Driver = Guest.Net.Devices.NetFront;

namespace Guest.Net.Devices.Tests.NetFront;

public sealed unsafe class NetFrontTests
{
    /// <summary>After so many answers the driver takes back what was sent.</summary>
    private const int Burst = 64;

    /// <summary>After so many arrivals it refills.</summary>
    private const int RefillBurst = 32;

    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;
    private readonly FakeNetback _back;
    private PacketPool _pool = new(600);
    private XenBus? _bus;
    private Driver? _driver;

    public NetFrontTests()
    {
        _store = new FakeStore(_xen);
        _back = new FakeNetback(_xen, _store);
    }

    private Driver Device => _driver!;

    private PathCounters Counters => Device.Counters;

    [Fact]
    public void A_device_connects_with_its_address_and_its_link()
    {
        Start();
        Assert.Equal(0x00163e123456UL, Device.Address.Bits);
        Assert.True(Device.LinkUp);
        Assert.Equal(1500, Device.Mtu);
        Assert.Equal("1", _store["device/vif/0/multi-queue-num-queues"]);
        Assert.Equal("1", _store["device/vif/0/feature-gso-tcpv4"]);
        Assert.Equal(256u, _back.ReceiveRequestProducer);
    }

    [Fact]
    public void Without_split_channels_one_serves_both_rings()
    {
        Start(split: false);
        Assert.True(Device.LinkUp);
        Assert.Null(_store["device/vif/0/event-channel-rx"]);
        Assert.Equal(_back.TransmitPort, _back.ReceivePort);
        Send(Packet(60));
        Assert.Equal(1, _back.TransmitEvents);
    }

    [Fact]
    public void A_packet_is_sent_as_it_stands()
    {
        Start();
        Send(Packet(60));
        _back.Transmit();
        (byte[] bytes, uint flags) = Assert.Single(_back.Sent);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (byte)i), bytes);
        Assert.Equal(0u, flags);
    }

    [Fact]
    public void A_blank_checksum_is_left_to_the_back_end()
    {
        Start();
        PacketBuffer packet = Packet(60);
        packet.ChecksumStart = 34;
        packet.ChecksumOffset = 6;
        Send(packet);
        _back.Transmit();
        Assert.Equal(3u, _back.Sent[0].Flags);
    }

    [Fact]
    public void A_burst_is_told_once()
    {
        Start();
        Device.Transmit(Many(8), more: true);
        Assert.Equal(0, _back.TransmitEvents);
        Device.Transmit(Many(8), more: false);
        Assert.Equal(1, _back.TransmitEvents);
        _back.Transmit();
        Assert.Equal(16, _back.Sent.Count);
    }

    [Fact]
    public void A_back_end_that_is_busy_is_not_told()
    {
        Start();
        Send(Packet(60));
        _back.Transmit(arm: false);
        Send(Packet(60));
        Assert.Equal(1, _back.TransmitEvents);
        Assert.Equal(1, Counters[PathEvent.NotificationSuppressed]);
    }

    [Fact]
    public void A_chain_takes_a_slot_for_each_piece()
    {
        Start();
        PacketBuffer first = Packet(FakeNetback.PieceSize);
        first.Next = Packet(50);
        first.Next.Next = Packet(7);
        Send(first);
        _back.Transmit();
        Assert.Equal(157, Assert.Single(_back.Sent).Bytes.Length);
        SendAndAnswer(Burst - 3);
        Assert.Equal(_pool.Count - 256, _pool.Available);
    }

    [Fact]
    public void A_full_ring_takes_no_more_and_wakes_when_there_is_room()
    {
        Start();
        PacketBuffer[] burst = Many(300);
        Assert.Equal(256, Device.Transmit(burst, more: false));
        Assert.True(Device.Arm());
        _back.Transmit();
        Assert.False(Device.Arm());
        Assert.Equal(44, Device.Transmit(burst.AsSpan(256), more: false));
        _back.Transmit();
        Assert.Equal(300, _back.Sent.Count);
    }

    [Fact]
    public void A_ring_filled_without_telling_is_told_before_it_blocks()
    {
        Start();
        PacketBuffer[] burst = Many(300);
        Assert.Equal(256, Device.Transmit(burst, more: true));
        Assert.Equal(1, _back.TransmitEvents);
    }

    [Fact]
    public void An_arrival_is_delivered_and_slots_are_refilled_in_bursts()
    {
        Start();
        _back.Deliver([1, 2, 3, .. new byte[57]], flags: 1);
        PacketBuffer packet = Assert.Single(ReceiveAll());
        Assert.Equal(60, packet.Length);
        Assert.Equal([1, 2, 3], packet.Data[..3].ToArray());
        Assert.True(packet.ChecksumVerified);
        packet.Release();
        Assert.Equal(256u, _back.ReceiveRequestProducer);
        for (int i = 1; i < RefillBurst; i++)
            _back.Deliver(new byte[60]);
        ReceiveAll().ForEach(p => p.Release());
        Assert.Equal(256u + RefillBurst, _back.ReceiveRequestProducer);
    }

    [Fact]
    public void What_was_sent_is_taken_back_in_bursts()
    {
        Start();
        SendAndAnswer(Burst - 1);
        Assert.Equal(_pool.Count - 256 - (Burst - 1), _pool.Available);
        SendAndAnswer(1);
        Assert.Equal(_pool.Count - 256, _pool.Available);
    }

    [Fact]
    public void What_was_sent_is_received_into_without_a_way_through_the_pool()
    {
        Start();
        int free = _pool.Available;
        for (int i = 0; i < RefillBurst; i++)
        {
            _back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Transmit(ReceiveAll().ToArray(), more: false));
            _back.Transmit();
        }

        // The last arrival refilled, with the buffers of all replies before.
        Assert.Equal(256u + RefillBurst, _back.ReceiveRequestProducer);
        Assert.Equal(free - 1, _pool.Available);
    }

    [Fact]
    public void A_lie_about_what_was_sent_is_refused_while_refilling_too()
    {
        Start();
        Send(Packet(60));
        _back.AnswerTransmit(3, 0);
        for (int i = 0; i < RefillBurst; i++)
            _back.Deliver(new byte[60]);
        ReceiveAll().ForEach(p => p.Release());
        Assert.False(Device.LinkUp);
        Assert.Equal(1, Counters[PathEvent.Violation]);
        Settle();
        Assert.True(Device.LinkUp);
        Assert.Equal(_pool.Count - 256, _pool.Available);
    }

    [Fact]
    public void A_small_pool_is_never_kept_in_the_rings()
    {
        _pool = new PacketPool(64);
        Start();
        for (int i = 0; i < 300; i++)
        {
            _back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Transmit(ReceiveAll().ToArray(), more: false));
            _back.Transmit();
            Assert.InRange(_pool.Available, 64 / 4, 64);
        }
    }

    [Fact]
    public void An_arrival_becomes_its_own_reply_with_no_grant_operation()
    {
        Start();
        long grants = Counters[PathEvent.GrantOperation];
        for (int i = 0; i < 1000; i++)
        {
            _back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Transmit(ReceiveAll().ToArray(), more: false));
            _back.Transmit();
        }

        Assert.Equal(1000, _back.Sent.Count);
        Assert.Equal(grants, Counters[PathEvent.GrantOperation]);
        Assert.Equal(1000, Counters[PathEvent.Sent]);
        Assert.Equal(1000, Counters[PathEvent.Received]);
        Assert.Equal(0, _back.ReceiveEvents);
    }

    [Fact]
    public void Arming_asks_for_the_next_arrival_only()
    {
        Start();
        _back.Deliver(new byte[60]);
        ReceiveAll();
        uint before = _back.ReceiveResponseProducer;
        _back.Deliver(new byte[60]);
        Assert.False(_back.NotifyReceive(before));
        Assert.False(Device.Arm());
        ReceiveAll();
        Assert.True(Device.Arm());
        before = _back.ReceiveResponseProducer;
        _back.Deliver(new byte[60]);
        Assert.True(_back.NotifyReceive(before));
    }

    [Fact]
    public void A_large_packet_arrives_as_a_chain()
    {
        Start();
        (uint id, _) = _back.NextReceiveRequest();
        _back.AnswerReceive(id, 0, flags: 4 | 8 | 2, 4096);
        _back.Describe(type: 1, flags: 0);
        (id, _) = _back.NextReceiveRequest();
        _back.AnswerReceive(id, 0, flags: 4, 4096);
        (id, _) = _back.NextReceiveRequest();
        _back.AnswerReceive(id, 0, flags: 0, 10);
        _back.Deliver(new byte[60]);
        List<PacketBuffer> packets = ReceiveAll();
        Assert.Equal(2, packets.Count);
        Assert.Equal([4096, 4096, 10], Pieces(packets[0]).Select(p => p.Length));
        Assert.True(packets[0].ChecksumVerified);
        Assert.Equal(60, packets[1].Length);
        foreach (PacketBuffer packet in packets)
            packet.Release();
        Assert.Equal(_pool.Count - 256 + 5, _pool.Available);
        for (int i = 0; i < 600; i++)
        {
            _back.Deliver(new byte[60]);
            Assert.Single(ReceiveAll()).Release();
        }

        Assert.Equal(0, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void An_error_in_a_slot_loses_that_packet_alone()
    {
        Start();
        (uint id, _) = _back.NextReceiveRequest();
        _back.AnswerReceive(id, 0, 0, -1);
        _back.Deliver(new byte[60]);
        Assert.Single(ReceiveAll());
        Assert.Equal(1, Counters[PathEvent.Overrun]);
        Assert.True(Device.LinkUp);
    }

    [Fact]
    public void An_empty_pool_is_refilled_from_when_buffers_return()
    {
        Start();
        List<PacketBuffer> hoard = [];
        while (_pool.TryTake() is { } buffer)
            hoard.Add(buffer);
        for (int i = 0; i < 256; i++)
            _back.Deliver(new byte[60]);
        List<PacketBuffer> arrived = ReceiveAll();
        Assert.Equal(256, arrived.Count);
        Assert.Equal(256u, _back.ReceiveRequestProducer);
        arrived.ForEach(p => p.Release());
        Assert.Empty(ReceiveAll());
        Assert.Equal(512u, _back.ReceiveRequestProducer);
    }

    [Fact]
    public void The_carrier_is_the_link()
    {
        Start();
        _store[$"{FakeNetback.Path}/carrier"] = "0";
        Settle();
        Assert.False(Device.LinkUp);
        _store[$"{FakeNetback.Path}/carrier"] = "1";
        Settle();
        Assert.True(Device.LinkUp);
    }

    [Fact]
    public void Detached_and_attached_under_load_nothing_is_lost_from_the_pool()
    {
        Start();
        for (int round = 0; round < 5; round++)
        {
            Device.Transmit(Many(20), more: false);
            _back.Deliver(new byte[60]);
            _back.Unplug();
            Settle();
            Assert.False(Device.LinkUp);
            Assert.Equal(1, Device.Transmit(Many(1), more: false));
            _back.RemoveNodes();
            Settle();
            Assert.Equal(_pool.Count, _pool.Available);
            Assert.Equal(0, _xen.Domain.Grants.InUse);

            _back.Plug();
            Settle();
            Assert.True(Device.LinkUp);
            _back.Deliver(new byte[60]);
            Assert.Single(ReceiveAll()).Release();
        }

        Assert.Equal(6, _back.Connections);
    }

    [Fact]
    public void A_buffer_that_the_back_end_has_mapped_is_kept_aside_until_it_lets_go()
    {
        Start();
        (_, uint grant) = _back.NextReceiveRequest();
        _xen.Machine.Entry(grant).FlagsAndDomain |= 16;
        _back.Unplug();
        Settle(mostSeconds: 3);
        Assert.Equal(1, Device.KeptAside);
        Assert.Equal(_pool.Count - 1, _pool.Available);
        _xen.Machine.Entry(grant).FlagsAndDomain &= ~16u;
        Settle();
        Assert.Equal(0, Device.KeptAside);
        Assert.Equal(_pool.Count, _pool.Available);
    }

    [Fact]
    public void A_back_end_that_cannot_copy_is_not_used()
    {
        _back.Plug();
        _store[$"{FakeNetback.Path}/feature-rx-copy"] = "0";
        StartBus();
        Assert.False(Device.LinkUp);
        Assert.Equal(0, _back.Connections);
    }

    public static TheoryData<string> Lies =>
    [
        "transmit producer beyond the ring", "transmit id out of range", "transmit id not in flight", "transmit id answered twice",
        "transmit status unknown", "transmit status too low", "receive producer beyond the ring", "receive id out of turn", "receive id out of range", "receive id answered twice", "receive status unknown", "receive length beyond the page",
        "receive offset beyond the page", "packet without end", "too many pieces", "unknown description", "description without end",
        "event storm",
    ];

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_is_refused_counted_and_the_device_comes_back(string lie)
    {
        Start();
        Tell(lie);
        for (int i = 0; i < 3; i++)
            foreach (PacketBuffer packet in ReceiveAll())
                packet.Release();
        Assert.False(Device.LinkUp);
        Assert.Equal(1, Counters[PathEvent.Violation]);

        Settle();
        Assert.True(Device.LinkUp);
        Assert.Equal(2, _back.Connections);
        Assert.Equal(_pool.Count - 256, _pool.Available);
        _back.Deliver(new byte[60]);
        Assert.Single(ReceiveAll()).Release();
        Send(Packet(60));
        _back.Transmit();
        Assert.Single(_back.Sent);
    }

    [Fact]
    public void A_response_that_changes_after_it_was_read_changes_nothing()
    {
        Start();
        _back.Deliver(new byte[60]);
        PacketBuffer packet = Assert.Single(ReceiveAll());
        _back.ReceiveResponseProducer--;
        _back.AnswerReceive(0, 4000, 0, 4000);
        Assert.Equal(0, packet.Offset);
        Assert.Equal(60, packet.Length);
        Assert.Equal(0, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_response_that_changes_while_it_is_read_is_taken_as_one_of_what_it_was()
    {
        Start();
        bool stop = false;
        // Nowhere in the ring yet: the first request is still in its slot.
        nint slot = (nint)DeviceMemory.AllocatePages(1);
        ulong id = 0;
        // 60 bytes at 0, or 2,000 at 2,000, over and over.
        Thread liar = new(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                ulong* at = (ulong*)Volatile.Read(ref slot);
                Volatile.Write(ref *at, Volatile.Read(ref id) | (60UL << 48));
                Volatile.Write(ref *at, Volatile.Read(ref id) | (2000UL << 16) | (2000UL << 48));
            }
        });
        liar.Start();
        // Once around the ring: behind that the liar would write over requests.
        for (int i = 0; i < 256; i++)
        {
            (uint next, _) = _back.NextReceiveRequest();
            Volatile.Write(ref id, next);
            *_back.NextResponse = next | (60UL << 48);
            Volatile.Write(ref slot, (nint)_back.NextResponse);
            _back.ReceiveResponseProducer++;
            PacketBuffer packet = Assert.Single(ReceiveAll());
            Assert.Contains((packet.Offset, packet.Length), new (int, int)[] { (0, 60), (2000, 2000) });
            packet.Release();
        }

        Volatile.Write(ref stop, true);
        liar.Join();
    }

    private void Tell(string lie)
    {
        uint id;
        switch (lie)
        {
            case "transmit producer beyond the ring":
                Send(Packet(60));
                _back.TransmitResponseProducer = 257;
                break;
            case "transmit id out of range":
                AnswerAllButOne();
                _back.AnswerTransmit((uint)_pool.Count, 0);
                break;
            case "transmit id not in flight":
                AnswerAllButOne();
                _back.AnswerTransmit(3, 0);
                break;
            case "transmit id answered twice":
                AnswerAllButOne();
                _back.AnswerTransmit(256, 0);
                break;
            case "transmit status unknown":
                AnswerAllButOne();
                _back.AnswerTransmit(256 + Burst - 1, 2);
                break;
            case "transmit status too low":
                AnswerAllButOne();
                _back.AnswerTransmit(256 + Burst - 1, -3);
                break;
            case "receive producer beyond the ring":
                _back.ReceiveResponseProducer = 257;
                break;
            case "receive id out of turn":
                _back.AnswerReceive(1, 0, 0, 60);
                break;
            case "receive id out of range":
                _back.AnswerReceive(0xffff, 0, 0, 60);
                break;
            case "receive id answered twice":
                _back.AnswerReceive(0, 0, 0, 60);
                _back.AnswerReceive(0, 0, 0, 60);
                break;
            case "receive status unknown":
                _back.AnswerReceive(0, 0, 0, -3);
                break;
            case "receive length beyond the page":
                _back.AnswerReceive(0, 0, 0, 4097);
                break;
            case "receive offset beyond the page":
                _back.AnswerReceive(0, 65535, 0, 1);
                break;
            case "packet without end":
                _back.AnswerReceive(0, 0, 4, 60);
                break;
            case "too many pieces":
                for (uint i = 0; i < 30; i++)
                    _back.AnswerReceive(i, 0, 4, 60);
                break;
            case "unknown description":
                (id, _) = _back.NextReceiveRequest();
                _back.AnswerReceive(id, 0, 8, 60);
                _back.Describe(5, 0);
                break;
            case "description without end":
                (id, _) = _back.NextReceiveRequest();
                _back.AnswerReceive(id, 0, 8, 60);
                _back.Describe(1, 1);
                break;
            default:
                for (int i = 0; i < 1000; i++)
                {
                    _xen.Raise(_back.ReceivePort);
                    _xen.Domain.Events.Dispatch();
                    Device.Receive(new PacketBuffer[1]);
                }

                Assert.Equal(1000, Counters[PathEvent.SpuriousInterrupt]);
                break;
        }
    }

    /// <summary>A burst on its way, whose buffers are the pool's behind those that wait to receive; the last has no answer yet.</summary>
    private void AnswerAllButOne()
    {
        Device.Transmit(Many(Burst), more: false);
        for (uint i = 0; i < Burst - 1; i++)
            _back.AnswerTransmit(256 + i, 0);
    }

    private static IEnumerable<PacketBuffer> Pieces(PacketBuffer? packet)
    {
        for (; packet is not null; packet = packet.Next)
            yield return packet;
    }

    private void Start(bool split = true)
    {
        _back.Plug(split);
        StartBus();
        Settle();
    }

    private void StartBus()
    {
        _bus = new XenBus(_xen.Domain);
        _bus.Register("vif", (domain, index) => _driver = new Driver(domain, index, "netfront0", _pool));
        _bus.Start(_xen.Domain.Now + Duration.FromSeconds(1));
    }

    private void Settle(int mostSeconds = 20)
    {
        Instant end = _xen.Domain.Now + Duration.FromSeconds(mostSeconds);
        while (_xen.Domain.Now < end)
        {
            _xen.Domain.Events.Dispatch();
            if (_bus!.Poll(_xen.Domain.Now) || !_bus.Arm())
                continue;
            if (_bus.Deadline.IsNever)
                return;
            _xen.Domain.Sleep(_bus.Deadline);
        }
    }

    private PacketBuffer Packet(int length)
    {
        PacketBuffer packet = _pool.TryTake()!;
        packet.Length = length;
        for (int i = 0; i < length; i++)
            packet.Data[i] = (byte)i;
        return packet;
    }

    private PacketBuffer[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Packet(60))];

    private void SendAndAnswer(int count)
    {
        Assert.Equal(count, Device.Transmit(Many(count), more: false));
        _back.Transmit();
        ReceiveAll();
    }

    private void Send(PacketBuffer packet) => Assert.Equal(1, Device.Transmit([packet], more: false));

    private List<PacketBuffer> ReceiveAll()
    {
        List<PacketBuffer> all = [];
        PacketBuffer[] burst = new PacketBuffer[32];
        int count;
        while ((count = Device.Receive(burst)) > 0)
            all.AddRange(burst[..count]);
        return all;
    }
}
