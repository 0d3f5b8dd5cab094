using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>What a virtio card is made of, and frames in and out of it.</summary>
public class VirtioNetTests : VirtioNetBench
{
    [Fact]
    public void It_takes_address_mtu_and_offloads_from_the_device()
    {
        var (card, _) = Make(All);

        Assert.Equal(new MacAddress(0x5254_0012_3456), card.Address);
        Assert.Equal(1400, card.Mtu);
        Assert.True(card.LinkUp);
        Assert.Equal(
            NetworkOffloads.TransmitChecksum | NetworkOffloads.TransmitChecksumIpv6 | NetworkOffloads.ReceiveChecksum | NetworkOffloads.MergedReceive,
            card.Offloads);
    }

    [Fact]
    public void Without_any_feature_it_has_an_address_of_its_own_and_the_common_mtu()
    {
        var (card, _) = Make(0);

        Assert.False(card.Address.IsMulticast);
        Assert.Equal(0x02ul, card.Address.Bits >> 40);
        Assert.Equal((1500, NetworkOffloads.None, true), (card.Mtu, card.Offloads, card.LinkUp));
    }

    [Fact]
    public void Half_the_pool_waits_in_the_ring_with_one_descriptor_a_buffer()
    {
        var (_, model) = Make(All);

        List<ModelChain> waiting = model.Device.Ring(Rx).PopAll();

        Assert.Equal(32, waiting.Count);
        Assert.All(waiting, chain => Assert.True(Assert.Single(chain.Segments) is { DeviceWrites: true, Length: 4096 - 54 }));
        Assert.Equal(96 - 32, Pool.Available);
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
            (Counters[PathEvent.Received], Counters[PathEvent.ReceivedBytes], Counters[PathEvent.Burst], Counters[PathEvent.CopiedBytes]));
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
        Assert.Equal(96 - 32 - 16 + 3, Pool.Available); // a stock of 16 was laid in, and three of it replaced these
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
        Assert.Equal((1, 1000, 0), (Counters[PathEvent.Sent], Counters[PathEvent.SentBytes], Counters[PathEvent.CopiedBytes]));
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
        Assert.Equal(Pool[received].DeviceAddress + 54, chain.Segments[0].Address);
    }

    [Fact]
    public void A_chain_is_sent_as_one_packet()
    {
        var (card, model) = Make(All);
        PacketBuffer head = Buffer(Frame(3000));
        head.Next = Buffer(Frame(500));

        card.Transmit([head], more: false);

        Assert.Equal([.. new byte[Header], .. Frame(3000), .. Frame(500)], model.Device.Ring(Tx).Pop()!.Read());
        Assert.Equal(3500, Counters[PathEvent.SentBytes]);
    }

    [Fact]
    public void A_frame_without_room_for_the_header_is_moved_and_the_copy_counted()
    {
        var (card, model) = Make(All);
        PacketBuffer buffer = Buffer(Frame(100), offset: 3);

        card.Transmit([buffer], more: false);

        Assert.Equal(Frame(100), model.Device.Ring(Tx).Pop()!.Read()[Header..]);
        Assert.Equal(100, Counters[PathEvent.CopiedBytes]);
    }

    [Fact]
    public void A_frame_that_no_header_fits_is_dropped_and_counted()
    {
        var (card, _) = Make(All);
        int before = Pool.Available;
        PacketBuffer buffer = Buffer(Frame(4090), offset: 0);

        Assert.Equal(1, card.Transmit([buffer], more: false));

        Assert.Equal((1, 0, before), (Counters[PathEvent.Overrun], Counters[PathEvent.Sent], Pool.Available));
    }

    [Fact]
    public void A_burst_rings_the_bell_once_and_more_to_come_not_at_all()
    {
        var (card, model) = Make(All);
        model.Device.Ring(Tx).WantNotification();
        long before = Counters[PathEvent.Notification];

        card.Transmit([Buffer(Frame(60)), Buffer(Frame(60))], more: true);
        Assert.Null(model.Device.Ring(Tx).Pop());
        card.Transmit([Buffer(Frame(60)), Buffer(Frame(60))], more: true);
        card.Transmit([], more: false);

        Assert.Equal(4, model.Device.Ring(Tx).PopAll().Count);
        Assert.Equal(1, Counters[PathEvent.Notification] - before);
    }

    [Fact]
    public void Sent_buffers_come_back_to_the_pool_when_the_card_is_polled()
    {
        var (card, model) = Make(All);
        Assert.Equal(0, card.Receive(Burst)); // lays in its stock
        int before = Pool.Available;
        card.Transmit([Buffer(Frame(60)), Buffer(Frame(60))], more: false);
        ModelRing ring = model.Device.Ring(Tx);
        foreach (ModelChain chain in ring.PopAll())
            Assert.False(ring.Use(chain, 0)); // no interrupt was asked for

        Assert.Equal(0, card.Receive(Burst));

        Assert.Equal(before, Pool.Available);
    }
}
