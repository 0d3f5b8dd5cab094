using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

public class VirtioNetTests
{
    private const ulong Checksum = 1 << 0;
    private const ulong GuestChecksum = 1 << 1;
    private const ulong MtuFeature = 1 << 3;
    private const ulong Mac = 1 << 5;
    private const ulong MergedReceive = 1 << 15;
    private const ulong LinkStatus = 1 << 16;
    private const ulong All = Checksum | GuestChecksum | MtuFeature | Mac | MergedReceive | LinkStatus;
    private const int Rx = 0;
    private const int Tx = 1;
    private const int Header = 12;

    private readonly PathCounters _counters = new("virtio-net0");
    private readonly PacketPool _pool = new(96);
    private readonly PacketBuffer[] _burst = new PacketBuffer[16];

    [Fact]
    public void It_takes_address_mtu_and_offloads_from_the_device()
    {
        var (card, _) = Make(All);

        Assert.Equal(new MacAddress(0x5254_0012_3456), card.Address);
        Assert.Equal(1400, card.Mtu);
        Assert.True(card.LinkUp);
        Assert.Equal(
            NetworkOffloads.TransmitChecksum | NetworkOffloads.ReceiveChecksum | NetworkOffloads.MergedReceive, card.Offloads);
    }

    [Fact]
    public void Without_any_feature_it_has_an_address_of_its_own_and_the_common_mtu()
    {
        var (card, _) = Make(0);

        Assert.False(card.Address.IsMulticast);
        Assert.Equal(0x02ul, card.Address.Bits >> 40);
        Assert.Equal((1500, NetworkOffloads.None, true), (card.Mtu, card.Offloads, card.LinkUp));
    }

    [Theory]
    [InlineData(All, 20, 1500)]
    [InlineData(All, 9000, 9000)]
    [InlineData(All, 65535, 64462)]                  // two such arrivals are as much as the ring's 32 buffers hold
    [InlineData(All & ~MergedReceive, 4012, 4012)]
    [InlineData(All & ~MergedReceive, 9000, 9000)]
    [InlineData(All & ~MergedReceive, 65535, 65452)] // two requests of 16 pages: a third more than half of the pool
    public void An_mtu_is_used_as_far_as_it_can_be(ulong features, ushort offered, int used)
    {
        var (card, _) = Make(features, configuration: Configuration(mtu: offered));

        Assert.Equal(used, card.Mtu);
    }

    [Fact]
    public void Half_the_pool_waits_in_the_ring_with_one_descriptor_a_buffer()
    {
        var (_, model) = Make(All);

        List<ModelChain> waiting = model.Device.Ring(Rx).PopAll();

        Assert.Equal(32, waiting.Count);
        Assert.All(waiting, chain => Assert.True(Assert.Single(chain.Segments) is { DeviceWrites: true, Length: 4096 - 54 }));
        Assert.Equal(96 - 32, _pool.Available);
    }

    [Fact]
    public void A_frame_arrives_where_the_stack_wants_it_with_nothing_copied()
    {
        var (card, model) = Make(All);
        byte[] frame = Frame(60);

        Deliver(model, frame);

        PacketBuffer buffer = ReceiveOne(card);
        Assert.Equal(frame, buffer.Data.ToArray());
        Assert.Equal(PacketBuffer.Headroom, buffer.Offset);
        Assert.Null(buffer.Next);
        Assert.Equal(
            (1, 60, 1, 0),
            (_counters[PathEvent.Received], _counters[PathEvent.ReceivedBytes], _counters[PathEvent.Burst], _counters[PathEvent.CopiedBytes]));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]  // NEEDS_CSUM: incomplete, but vouched for
    [InlineData(2, true)]  // DATA_VALID
    public void A_checksum_that_the_device_vouches_for_is_marked(byte flags, bool verified)
    {
        var (card, model) = Make(All);
        Deliver(model, Frame(60), flags: flags);

        Assert.Equal(verified, ReceiveOne(card).ChecksumVerified);
    }

    [Fact]
    public void An_arrival_in_several_buffers_is_chained()
    {
        var (card, model) = Make(All);
        byte[] frame = Frame(9000);

        Deliver(model, frame);

        PacketBuffer buffer = ReceiveOne(card);
        List<byte> all = [];
        for (PacketBuffer? part = buffer; part is not null; part = part.Next)
            all.AddRange(part.Data);
        Assert.Equal(frame, all);
        buffer.Release();
        Assert.Equal(96 - 32 - 16 + 3, _pool.Available); // a stock of 16 was laid in, and three of it replaced these
    }

    [Fact]
    public void A_sent_frame_is_one_descriptor_with_its_header_in_front()
    {
        var (card, model) = Make(All);
        byte[] frame = Frame(1000);

        Assert.Equal(1, card.Transmit([Buffer(frame)], more: false));

        ModelChain chain = model.Device.Ring(Tx).Pop()!;
        Assert.Single(chain.Segments);
        Assert.Equal([.. new byte[Header], .. frame], chain.Read());
        Assert.Equal((1, 1000, 0), (_counters[PathEvent.Sent], _counters[PathEvent.SentBytes], _counters[PathEvent.CopiedBytes]));
    }

    [Fact]
    public void A_checksum_to_complete_is_described_in_the_header()
    {
        var (card, model) = Make(All);
        PacketBuffer buffer = Buffer(Frame(100));
        buffer.ChecksumStart = 34;
        buffer.ChecksumOffset = 6;

        card.Transmit([buffer], more: false);

        Assert.Equal([1, 0, 0, 0, 0, 0, 34, 0, 6, 0, 0, 0], model.Device.Ring(Tx).Pop()!.Read()[..Header]);
    }

    [Fact]
    public void A_received_buffer_goes_back_as_the_reply()
    {
        var (card, model) = Make(All);
        byte[] frame = Frame(60);
        Deliver(model, frame);
        PacketBuffer buffer = ReceiveOne(card);
        int received = buffer.Index;

        card.Transmit([buffer], more: false);

        ModelChain chain = model.Device.Ring(Tx).Pop()!;
        Assert.Equal(frame, chain.Read()[Header..]);
        Assert.Equal(_pool[received].DeviceAddress + 54, chain.Segments[0].Address);
    }

    [Fact]
    public void A_chain_is_sent_as_one_packet()
    {
        var (card, model) = Make(All);
        PacketBuffer head = Buffer(Frame(3000));
        head.Next = Buffer(Frame(500));

        card.Transmit([head], more: false);

        Assert.Equal([.. new byte[Header], .. Frame(3000), .. Frame(500)], model.Device.Ring(Tx).Pop()!.Read());
        Assert.Equal(3500, _counters[PathEvent.SentBytes]);
    }

    [Fact]
    public void A_frame_without_room_for_the_header_is_moved_and_the_copy_counted()
    {
        var (card, model) = Make(All);
        PacketBuffer buffer = Buffer(Frame(100), offset: 3);

        card.Transmit([buffer], more: false);

        Assert.Equal(Frame(100), model.Device.Ring(Tx).Pop()!.Read()[Header..]);
        Assert.Equal(100, _counters[PathEvent.CopiedBytes]);
    }

    [Fact]
    public void A_frame_that_no_header_fits_is_dropped_and_counted()
    {
        var (card, _) = Make(All);
        int before = _pool.Available;
        PacketBuffer buffer = Buffer(Frame(4090), offset: 0);

        Assert.Equal(1, card.Transmit([buffer], more: false));

        Assert.Equal((1, 0, before), (_counters[PathEvent.Overrun], _counters[PathEvent.Sent], _pool.Available));
    }

    [Fact]
    public void A_burst_rings_the_bell_once_and_more_to_come_not_at_all()
    {
        var (card, model) = Make(All);
        model.Device.Ring(Tx).WantNotification();
        long before = _counters[PathEvent.Notification];

        card.Transmit([Buffer(Frame(60)), Buffer(Frame(60))], more: true);
        Assert.Null(model.Device.Ring(Tx).Pop());
        card.Transmit([Buffer(Frame(60)), Buffer(Frame(60))], more: true);
        card.Transmit([], more: false);

        Assert.Equal(4, model.Device.Ring(Tx).PopAll().Count);
        Assert.Equal(1, _counters[PathEvent.Notification] - before);
    }

    [Fact]
    public void Sent_buffers_come_back_to_the_pool_when_the_card_is_polled()
    {
        var (card, model) = Make(All);
        Assert.Equal(0, card.Receive(_burst)); // lays in its stock
        int before = _pool.Available;
        card.Transmit([Buffer(Frame(60)), Buffer(Frame(60))], more: false);
        ModelRing ring = model.Device.Ring(Tx);
        foreach (ModelChain chain in ring.PopAll())
            Assert.False(ring.Use(chain, 0)); // no interrupt was asked for

        Assert.Equal(0, card.Receive(_burst));

        Assert.Equal(before, _pool.Available);
    }

    [Fact]
    public void A_full_ring_takes_what_fits_and_the_rest_later()
    {
        var (card, model) = Make(All, ringSize: 4);
        PacketBuffer[] six = [.. Enumerable.Range(0, 6).Select(_ => Buffer(Frame(60)))];

        Assert.Equal(4, card.Transmit(six, more: false));
        Assert.True(card.Arm());
        ModelRing ring = model.Device.Ring(Tx);
        Assert.True(ring.Use(ring.Pop()!, 0)); // a caller that waits for room is woken
        foreach (ModelChain chain in ring.PopAll())
            ring.Use(chain, 0);
        Assert.Equal(2, card.Transmit(six.AsSpan(4), more: false));
    }

    [Fact]
    public void Arming_sees_what_is_already_there()
    {
        var (card, model) = Make(All);
        Assert.True(card.Arm());
        Assert.True(Deliver(model, Frame(60)));
        Assert.False(card.Arm());
        Assert.Equal(1, card.Receive(_burst));
        Assert.True(card.Arm());
    }

    [Fact]
    public void While_it_is_polled_it_asks_for_no_interrupt()
    {
        var (card, model) = Make(All);
        card.Arm();
        Deliver(model, Frame(60));
        card.Receive(_burst);

        Assert.False(Deliver(model, Frame(60)));
    }

    [Fact]
    public void The_ring_is_refilled_in_bursts_without_a_bell()
    {
        var (card, model) = Make(All);
        ModelSplitRing ring = model.Device.SplitRing(Rx);
        ring.RefuseNotification();
        long bells = _counters[PathEvent.Notification];
        ushort available = ring.AvailableIndex;
        HashSet<int> steps = [];
        for (int i = 0; i < 24; i++)
        {
            Deliver(model, Frame(60));
            ReceiveOne(card).Release();
            steps.Add(ring.AvailableIndex - available);
        }

        Assert.Equal([0, 8, 16, 24], steps.Order());
        Assert.Equal(bells, _counters[PathEvent.Notification]);
    }

    [Fact]
    public void With_the_pool_empty_it_goes_on_when_a_buffer_returns()
    {
        var (card, model) = Make(All);
        List<PacketBuffer> taken = [];
        while (_pool.TryTake() is { } buffer)
            taken.Add(buffer);
        for (int i = 0; i < 32; i++)
        {
            Deliver(model, Frame(60));
            taken.Add(ReceiveOne(card));
        }

        Assert.Null(model.Device.Ring(Rx).Pop());
        foreach (PacketBuffer buffer in taken)
            buffer.Release();
        Assert.Equal(0, card.Receive(_burst));

        Deliver(model, Frame(70));
        Assert.Equal(70, ReceiveOne(card).Length);
    }

    [Theory]
    [InlineData(All)]
    [InlineData(All & ~MergedReceive)]
    public void Arm_gives_an_empty_ring_what_was_released_since_the_last_poll(ulong features)
    {
        var (card, model) = Make(features);
        List<PacketBuffer> taken = EmptyRing(card, model);
        Assert.True(card.Arm());
        Assert.Null(model.Device.Ring(Rx).Pop());

        taken[0].Release();
        Assert.True(card.Arm());

        Assert.True(Deliver(model, Frame(70)));
        Assert.Equal(70, ReceiveOne(card).Length);
    }

    [Fact]
    public void An_empty_ring_is_given_the_stock_of_sent_buffers_where_the_pool_has_none()
    {
        var (card, model) = Make(All);
        List<PacketBuffer> taken = EmptyRing(card, model);
        card.Transmit([taken[0], taken[1]], more: false);
        ModelRing ring = model.Device.Ring(Tx);
        foreach (ModelChain chain in ring.PopAll())
            ring.Use(chain, 0);

        Assert.Equal(0, card.Receive(_burst));

        Assert.True(card.Arm());
        Assert.True(Deliver(model, Frame(70)));
        Assert.Equal(70, ReceiveOne(card).Length);
    }

    [Fact]
    public void With_every_buffer_sent_their_return_wakes_the_guest()
    {
        var (card, model) = Make(All);
        List<PacketBuffer> frames = [];
        for (int i = 0; i < 32 + 16; i++)
        {
            Deliver(model, Frame(60));
            frames.Add(ReceiveOne(card));
            while (_pool.TryTake() is { } rest)
                frames.Add(rest);
        }

        foreach (PacketBuffer frame in frames)
            frame.Length = 60;
        card.Transmit(frames.ToArray(), more: false);
        Assert.Equal(0, card.Receive(_burst));

        Assert.True(card.Arm());
        ModelRing ring = model.Device.Ring(Tx);
        Assert.True(ring.Use(ring.Pop()!, 0));
    }

    [Fact]
    public void The_first_frame_after_the_link_came_up_is_told_of_though_the_device_did_not_ask()
    {
        var (card, model) = Make(All);
        model.Device.Configuration[6] = 0;
        model.InterruptForConfiguration();
        card.Receive(_burst);
        model.Device.Configuration[6] = 1;
        model.InterruptForConfiguration();
        card.Receive(_burst);
        model.Device.Ring(Tx).RefuseNotification();
        long before = _counters[PathEvent.Notification];

        card.Transmit([Buffer(Frame(60))], more: false);
        Assert.Equal(before + 1, _counters[PathEvent.Notification]);
        card.Transmit([Buffer(Frame(60))], more: false);
        Assert.Equal(before + 1, _counters[PathEvent.Notification]);
    }

    [Fact]
    public void The_link_follows_the_device()
    {
        var (card, model) = Make(All);
        model.Device.Configuration[6] = 0;
        model.InterruptForConfiguration();

        Assert.False(card.Arm());
        card.Receive(_burst);
        Assert.False(card.LinkUp);
        Assert.True(card.Arm());

        model.Device.Configuration[6] = 1;
        model.InterruptForConfiguration();
        card.Receive(_burst);
        Assert.True(card.LinkUp);
    }

    [Fact]
    public void On_an_interrupt_line_it_works_the_same()
    {
        var (card, model) = Make(All, msix: false);
        card.Arm();
        model.Isr |= 1;
        Assert.True(Deliver(model, Frame(60)));
        Assert.True(model.Platform.Lines[0].Handler.OnInterrupt());
        Assert.Equal(60, ReceiveOne(card).Length);
    }

    [Fact]
    public void Without_any_interrupt_it_never_lets_the_guest_sleep()
    {
        ModelPciVirtio model = new(Device(All), msix: false);
        model.Platform.HasLines = false;
        VirtioNet card = VirtioNet.TryCreate(model.Open(_counters)!, _pool)!;

        Assert.False(card.Arm());
    }

    /// <summary>Without merged buffers a request has as many pages as the longest frame needs; a shorter one gives back what it does not.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(4030)] // the first page
    [InlineData(4031)]
    [InlineData(8126)]
    [InlineData(8127)]
    [InlineData(9014)]
    [InlineData(9018)] // with a tag
    public void A_long_frame_arrives_in_the_pages_of_one_request(int length)
    {
        var (card, model) = Make(All & ~MergedReceive, configuration: Configuration(mtu: 9000));
        Assert.Equal(96 - 30, _pool.Available); // ten requests
        for (int round = 0; round < 100; round++)
        {
            Assert.True(card.Arm());
            Assert.True(Deliver(model, Frame(length)));

            PacketBuffer buffer = ReceiveOne(card);
            List<byte> all = [];
            int pages = 0;
            for (PacketBuffer? part = buffer; part is not null; part = part.Next, pages++)
                all.AddRange(part.Data);
            Assert.Equal(Frame(length), all);
            Assert.Equal(length <= 4030 ? 1 : length <= 8126 ? 2 : 3, pages);
            Assert.Equal(PacketBuffer.Headroom, buffer.Offset);
            buffer.Release();
        }

        Assert.InRange(_pool.Available, 96 - 30, 96 - 30 + 6);
        Assert.Equal(0, _counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_long_frame_of_which_the_device_wrote_too_much_resets_it_and_no_page_is_lost()
    {
        var (card, model) = Make(All & ~MergedReceive, configuration: Configuration(mtu: 9000));
        ModelRing ring = model.Device.Ring(Rx);
        ring.Use(ring.Pop()!, 12 + 4030 + 8192 + 1);

        Assert.Equal(0, card.Receive(_burst));

        Assert.Equal((1, 1), (_counters[PathEvent.Violation], _counters[PathEvent.Reset]));
        Assert.Equal(96 - 30, _pool.Available);
        Deliver(model, Frame(9000));
        Assert.Equal(1, card.Receive(_burst));
    }

    [Theory]
    [InlineData(All)]
    [InlineData(All & ~MergedReceive)]
    public void A_long_frame_is_sent_in_its_pages(ulong features)
    {
        var (card, model) = Make(features, configuration: Configuration(mtu: 9000));
        int available = _pool.Available;
        PacketBuffer head = Buffer(Frame(4030));
        head.Next = Buffer(Frame(4030));
        head.Next.Next = Buffer(Frame(954));

        Assert.Equal(1, card.Transmit([head], more: false));

        ModelRing ring = model.Device.Ring(Tx);
        ModelChain chain = ring.Pop()!;
        Assert.Equal([.. new byte[Header], .. Frame(4030), .. Frame(4030), .. Frame(954)], chain.Read());
        ring.Use(chain, 0);
        card.Receive(_burst);
        Assert.InRange(_pool.Available, available - 16, available);
    }

    /// <summary>A ring too short for frames of such length: the MTU is what it can carry.</summary>
    [Theory]
    [InlineData(All, 8, 16102)]
    [InlineData(All, 1, 4012)]
    [InlineData(All & ~MergedReceive, 8, 16300)]
    [InlineData(All & ~MergedReceive, 1, 4012)]
    public void A_short_ring_lowers_the_mtu(ulong features, int ringSize, int used)
    {
        var (card, _) = Make(features, ringSize, Configuration(mtu: 60000));

        Assert.Equal(used, card.Mtu);
    }

    private static byte[] Frame(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static byte[] Configuration(ushort mtu = 1400)
    {
        byte[] bytes = [0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), mtu);
        return bytes;
    }

    private static ModelVirtioDevice Device(ulong features, int ringSize = 256, byte[]? configuration = null) =>
        new(type: 1, features | (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex), configuration ?? Configuration(),
            ringSize, ringSize);

    private static bool Deliver(ModelPciVirtio model, byte[] frame, byte flags = 0)
    {
        ModelRing ring = model.Device.Ring(Rx);
        byte[] packet = [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, .. frame];
        ModelChain first = ring.Pop()!;
        List<(ModelChain Chain, int Length)> used = [(first, Math.Min(first.Writable, packet.Length))];
        for (int at = used[0].Length; at < packet.Length; at += used[^1].Length)
        {
            ModelChain next = ring.Pop()!;
            used.Add((next, next.Write(packet.AsSpan(at))));
        }

        packet[10] = (byte)used.Count;
        first.Write(packet);
        foreach (var (chain, length) in used)
            ring.Fill(chain, (uint)length);
        return ring.Flush();
    }

    private (VirtioNet Card, ModelPciVirtio Model) Make(ulong features, int ringSize = 256, byte[]? configuration = null, bool msix = true)
    {
        ModelPciVirtio model = new(Device(features, ringSize, configuration), msix);
        return (VirtioNet.TryCreate(model.Open(_counters)!, _pool)!, model);
    }

    private PacketBuffer Buffer(byte[] frame, int offset = PacketBuffer.Headroom)
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.Offset = offset;
        buffer.Length = frame.Length;
        frame.CopyTo(buffer.Data);
        return buffer;
    }

    /// <summary>Takes every buffer of the pool, the stock and the receive ring.</summary>
    private List<PacketBuffer> EmptyRing(VirtioNet card, ModelPciVirtio model)
    {
        List<PacketBuffer> taken = [];
        while (_pool.TryTake() is { } buffer)
            taken.Add(buffer);
        while (taken.Count != 96)
        {
            Deliver(model, Frame(60));
            taken.Add(ReceiveOne(card));
        }

        foreach (PacketBuffer buffer in taken)
            buffer.Length = 60;
        return taken;
    }

    private PacketBuffer ReceiveOne(VirtioNet card)
    {
        Assert.Equal(1, card.Receive(_burst));
        return _burst[0];
    }
}
