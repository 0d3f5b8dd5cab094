using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices.Tests.NetFront;

/// <summary>The driver before a back end that keeps to the protocol.</summary>
public sealed unsafe class NetFrontTests : NetFrontDialogue
{
    [Fact]
    public void A_device_connects_with_its_address_and_its_link()
    {
        Start();
        Assert.Equal(0x00163e123456UL, Device.Address.Bits);
        Assert.True(Device.LinkUp);
        Assert.Equal(1500, Device.Mtu);
        Assert.Equal("1", Store["device/vif/0/multi-queue-num-queues"]);
        Assert.Equal("1", Store["device/vif/0/feature-gso-tcpv4"]);
        Assert.Equal(256u, Back.ReceiveRequestProducer);
    }

    [Fact]
    public void Without_split_channels_one_serves_both_rings()
    {
        Start(split: false);
        Assert.True(Device.LinkUp);
        Assert.Null(Store["device/vif/0/event-channel-rx"]);
        Assert.Equal(Back.TransmitPort, Back.ReceivePort);
        Send(Packet(60));
        Assert.Equal(1, Back.TransmitEvents);
    }

    [Fact]
    public void A_packet_is_sent_as_it_stands()
    {
        Start();
        Send(Packet(60));
        Back.Transmit();
        (byte[] bytes, uint flags) = Assert.Single(Back.Sent);
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
        Back.Transmit();
        Assert.Equal(3u, Back.Sent[0].Flags);
    }

    [Fact]
    public void A_burst_is_told_once()
    {
        Start();
        Device.Transmit(Many(8), more: true);
        Assert.Equal(0, Back.TransmitEvents);
        Device.Transmit(Many(8), more: false);
        Assert.Equal(1, Back.TransmitEvents);
        Back.Transmit();
        Assert.Equal(16, Back.Sent.Count);
    }

    [Fact]
    public void A_back_end_that_is_busy_is_not_told()
    {
        Start();
        Send(Packet(60));
        Back.Transmit(arm: false);
        Send(Packet(60));
        Assert.Equal(1, Back.TransmitEvents);
        Assert.Equal(1, Counters[PathEvent.NotificationSuppressed]);
    }

    [Fact]
    public void A_chain_takes_a_slot_for_each_piece()
    {
        Start();
        PacketBuffer first = Packet(100);
        first.Next = Packet(50);
        first.Next.Next = Packet(7);
        Send(first);
        Back.Transmit();
        Assert.Equal(157, Assert.Single(Back.Sent).Bytes.Length);
        SendAndAnswer(Burst - 3);
        Assert.Equal(Pool.Count - 256, Pool.Available);
    }

    [Theory]
    [InlineData(0x45, 1)]
    [InlineData(0x60, 2)]
    public void A_packet_to_cut_has_a_description_behind_its_first_slot(byte version, int type)
    {
        Start();
        int available = Pool.Available;
        PacketBuffer data = Packet(1000);
        for (int i = 0; i < 300; i++)
        {
            PacketBuffer first = Packet(54);
            first.Data[14] = version;
            first.ChecksumStart = 34;
            first.ChecksumOffset = 16;
            first.RequestSegments(512, 54);
            first.Next = Pool.TryShare(data, data.Offset, 600);
            first.Next!.Next = Pool.TryShare(data, data.Offset + 600, 400);
            Send(first);
            Back.Transmit();
            Device.Receive(new PacketBuffer[1]);
        }

        Assert.All(Back.Sent, packet => Assert.Equal((1054, 3u | 4 | 8), (packet.Bytes.Length, packet.Flags)));
        Assert.Equal(300, Back.Sent.Count);
        Assert.All(Back.Segmented, cut => Assert.Equal((512, type), cut));
        Assert.Equal(0, Counters[PathEvent.Violation]);
        data.ReleaseShared();
        Send(Packet(60));
        Back.Transmit();
        Device.Receive(new PacketBuffer[1]);
        Assert.InRange(Pool.Available, available - 64, available);
    }

    [Fact]
    public void An_answer_to_a_description_that_was_not_made_is_refused()
    {
        Start();
        Device.Transmit(Many(256), more: false);
        Back.Transmit(answer: false);
        for (int i = 0; i < 256; i++)
            Back.AnswerTransmit(0, 1);
        Device.Receive(new PacketBuffer[1]);
        Assert.Equal(1, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_full_ring_takes_no_more_and_wakes_when_there_is_room()
    {
        Start();
        PacketBuffer[] burst = Many(300);
        Assert.Equal(256, Device.Transmit(burst, more: false));
        Assert.True(Device.Arm());
        Back.Transmit();
        Assert.False(Device.Arm());
        Assert.Equal(44, Device.Transmit(burst.AsSpan(256), more: false));
        Back.Transmit();
        Assert.Equal(300, Back.Sent.Count);
    }

    [Fact]
    public void A_ring_filled_without_telling_is_told_before_it_blocks()
    {
        Start();
        PacketBuffer[] burst = Many(300);
        Assert.Equal(256, Device.Transmit(burst, more: true));
        Assert.Equal(1, Back.TransmitEvents);
    }

    [Fact]
    public void An_arrival_is_delivered_and_slots_are_refilled_in_bursts()
    {
        Start();
        Back.Deliver([1, 2, 3, .. new byte[57]], flags: 1);
        PacketBuffer packet = Assert.Single(ReceiveAll());
        Assert.Equal(60, packet.Length);
        Assert.Equal([1, 2, 3], packet.Data[..3].ToArray());
        Assert.True(packet.ChecksumVerified);
        packet.Release();
        Assert.Equal(256u, Back.ReceiveRequestProducer);
        for (int i = 1; i < RefillBurst; i++)
            Back.Deliver(new byte[60]);
        ReceiveAll().ForEach(p => p.Release());
        Assert.Equal(256u + RefillBurst, Back.ReceiveRequestProducer);
    }

    [Fact]
    public void What_was_sent_is_taken_back_in_bursts()
    {
        Start();
        SendAndAnswer(Burst - 1);
        Assert.Equal(Pool.Count - 256 - (Burst - 1), Pool.Available);
        SendAndAnswer(1);
        Assert.Equal(Pool.Count - 256, Pool.Available);
    }

    [Fact]
    public void What_was_sent_is_received_into_without_a_way_through_the_pool()
    {
        Start();
        int free = Pool.Available;
        for (int i = 0; i < RefillBurst; i++)
        {
            Back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Transmit(ReceiveAll().ToArray(), more: false));
            Back.Transmit();
        }

        // The last arrival refilled, with the buffers of all replies before.
        Assert.Equal(256u + RefillBurst, Back.ReceiveRequestProducer);
        Assert.Equal(free - 1, Pool.Available);
    }

    [Fact]
    public void A_small_pool_is_never_kept_in_the_rings()
    {
        Pool = new PacketPool(64);
        Start();
        for (int i = 0; i < 300; i++)
        {
            Back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Transmit(ReceiveAll().ToArray(), more: false));
            Back.Transmit();
            Assert.InRange(Pool.Available, 64 / 4, 64);
        }
    }

    [Fact]
    public void An_arrival_becomes_its_own_reply_with_no_grant_operation()
    {
        Start();
        long grants = Counters[PathEvent.GrantOperation];
        for (int i = 0; i < 1000; i++)
        {
            Back.Deliver(new byte[60]);
            Assert.Equal(1, Device.Transmit(ReceiveAll().ToArray(), more: false));
            Back.Transmit();
        }

        Assert.Equal(1000, Back.Sent.Count);
        Assert.Equal(grants, Counters[PathEvent.GrantOperation]);
        Assert.Equal(1000, Counters[PathEvent.Sent]);
        Assert.Equal(1000, Counters[PathEvent.Received]);
        Assert.Equal(0, Back.ReceiveEvents);
    }

    [Fact]
    public void Arming_asks_for_the_next_arrival_only()
    {
        Start();
        Back.Deliver(new byte[60]);
        ReceiveAll();
        uint before = Back.ReceiveResponseProducer;
        Back.Deliver(new byte[60]);
        Assert.False(Back.NotifyReceive(before));
        Assert.False(Device.Arm());
        ReceiveAll();
        Assert.True(Device.Arm());
        before = Back.ReceiveResponseProducer;
        Back.Deliver(new byte[60]);
        Assert.True(Back.NotifyReceive(before));
    }

    [Fact]
    public void A_large_packet_arrives_as_a_chain()
    {
        Start();
        (uint id, _) = Back.NextReceiveRequest();
        Back.AnswerReceive(id, 0, flags: 4 | 8 | 2, 4096);
        Back.Describe(type: 1, flags: 0);
        (id, _) = Back.NextReceiveRequest();
        Back.AnswerReceive(id, 0, flags: 4, 4096);
        (id, _) = Back.NextReceiveRequest();
        Back.AnswerReceive(id, 0, flags: 0, 10);
        Back.Deliver(new byte[60]);
        List<PacketBuffer> packets = ReceiveAll();
        Assert.Equal(2, packets.Count);
        Assert.Equal([4096, 4096, 10], Pieces(packets[0]).Select(p => p.Length));
        Assert.True(packets[0].ChecksumVerified);
        Assert.Equal(60, packets[1].Length);
        foreach (PacketBuffer packet in packets)
            packet.Release();
        Assert.Equal(Pool.Count - 256 + 5, Pool.Available);
        for (int i = 0; i < 600; i++)
        {
            Back.Deliver(new byte[60]);
            Assert.Single(ReceiveAll()).Release();
        }

        Assert.Equal(0, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void An_error_in_a_slot_loses_that_packet_alone()
    {
        Start();
        (uint id, _) = Back.NextReceiveRequest();
        Back.AnswerReceive(id, 0, 0, -1);
        Back.Deliver(new byte[60]);
        Assert.Single(ReceiveAll());
        Assert.Equal(1, Counters[PathEvent.Overrun]);
        Assert.True(Device.LinkUp);
    }

    [Fact]
    public void An_empty_pool_is_refilled_from_when_buffers_return()
    {
        Start();
        List<PacketBuffer> hoard = [];
        while (Pool.TryTake() is { } buffer)
            hoard.Add(buffer);
        for (int i = 0; i < 256; i++)
            Back.Deliver(new byte[60]);
        List<PacketBuffer> arrived = ReceiveAll();
        Assert.Equal(256, arrived.Count);
        Assert.Equal(256u, Back.ReceiveRequestProducer);
        arrived.ForEach(p => p.Release());
        Assert.Empty(ReceiveAll());
        Assert.Equal(512u, Back.ReceiveRequestProducer);
    }

    [Fact]
    public void The_carrier_is_the_link()
    {
        Start();
        Store[$"{FakeNetback.Path}/carrier"] = "0";
        Settle();
        Assert.False(Device.LinkUp);
        Store[$"{FakeNetback.Path}/carrier"] = "1";
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
            Back.Deliver(new byte[60]);
            Back.Unplug();
            Settle();
            Assert.False(Device.LinkUp);
            Assert.Equal(1, Device.Transmit(Many(1), more: false));
            Back.RemoveNodes();
            Settle();
            Assert.Equal(Pool.Count, Pool.Available);
            Assert.Equal(0, Hypervisor.Domain.Grants.InUse);

            Back.Plug();
            Settle();
            Assert.True(Device.LinkUp);
            Back.Deliver(new byte[60]);
            Assert.Single(ReceiveAll()).Release();
        }

        Assert.Equal(6, Back.Connections);
    }

    [Fact]
    public void A_buffer_that_the_back_end_has_mapped_is_kept_aside_until_it_lets_go()
    {
        Start();
        (_, uint grant) = Back.NextReceiveRequest();
        Hypervisor.Machine.Entry(grant).FlagsAndDomain |= 16;
        Back.Unplug();
        Settle(mostSeconds: 3);
        Assert.Equal(1, Device.KeptAside);
        Assert.Equal(Pool.Count - 1, Pool.Available);
        Hypervisor.Machine.Entry(grant).FlagsAndDomain &= ~16u;
        Settle();
        Assert.Equal(0, Device.KeptAside);
        Assert.Equal(Pool.Count, Pool.Available);
    }

    [Fact]
    public void A_back_end_that_cannot_copy_is_not_used()
    {
        Back.Plug();
        Store[$"{FakeNetback.Path}/feature-rx-copy"] = "0";
        StartBus();
        Assert.False(Device.LinkUp);
        Assert.Equal(0, Back.Connections);
    }

    private static IEnumerable<PacketBuffer> Pieces(PacketBuffer? packet)
    {
        for (; packet is not null; packet = packet.Next)
            yield return packet;
    }

    private void SendAndAnswer(int count)
    {
        Assert.Equal(count, Device.Transmit(Many(count), more: false));
        Back.Transmit();
        ReceiveAll();
    }
}
