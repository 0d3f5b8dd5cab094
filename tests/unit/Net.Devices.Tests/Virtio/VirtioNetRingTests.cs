using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>Rings that are full or empty, and how the guest sleeps beside them.</summary>
public class VirtioNetRingTests : VirtioNetBench
{
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
        Assert.Equal(1, card.Receive(Burst));
        Assert.True(card.Arm());
    }

    [Fact]
    public void While_it_is_polled_it_asks_for_no_interrupt()
    {
        var (card, model) = Make(All);
        card.Arm();
        Deliver(model, Frame(60));
        card.Receive(Burst);

        Assert.False(Deliver(model, Frame(60)));
    }

    [Fact]
    public void The_ring_is_refilled_in_bursts_without_a_bell()
    {
        var (card, model) = Make(All);
        ModelSplitRing ring = model.Device.SplitRing(Rx);
        ring.RefuseNotification();
        long bells = Counters[PathEvent.Notification];
        ushort available = ring.AvailableIndex;
        HashSet<int> steps = [];
        for (int i = 0; i < 24; i++)
        {
            Deliver(model, Frame(60));
            ReceiveOne(card).Release();
            steps.Add(ring.AvailableIndex - available);
        }

        Assert.Equal([0, 8, 16, 24], steps.Order());
        Assert.Equal(bells, Counters[PathEvent.Notification]);
    }

    [Fact]
    public void With_the_pool_empty_it_goes_on_when_a_buffer_returns()
    {
        var (card, model) = Make(All);
        List<PacketBuffer> taken = [];
        while (Pool.TryTake() is { } buffer)
            taken.Add(buffer);
        for (int i = 0; i < 32; i++)
        {
            Deliver(model, Frame(60));
            taken.Add(ReceiveOne(card));
        }

        Assert.Null(model.Device.Ring(Rx).Pop());
        foreach (PacketBuffer buffer in taken)
            buffer.Release();
        Assert.Equal(0, card.Receive(Burst));

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

        Assert.Equal(0, card.Receive(Burst));

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
            while (Pool.TryTake() is { } rest)
                frames.Add(rest);
        }

        foreach (PacketBuffer frame in frames)
            frame.Length = 60;
        card.Transmit(frames.ToArray(), more: false);
        Assert.Equal(0, card.Receive(Burst));

        Assert.True(card.Arm());
        ModelRing ring = model.Device.Ring(Tx);
        Assert.True(ring.Use(ring.Pop()!, 0));
    }
}
