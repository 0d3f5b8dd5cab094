using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices.Tests.E1000;

/// <summary>Rings that are full, empty or ahead, and the pool behind them.</summary>
public class E1000RingTests
{
    [Fact]
    public void A_full_transmit_ring_takes_no_more_until_the_chip_has_sent()
    {
        E1000Bench bench = new(buffers: 1024);
        bench.Chip.TransmitterHangs = true;
        int taken = bench.Device.Send(bench.Pool, [.. Enumerable.Range(0, 300).Select(i => Frames.Make(60, i))]);
        Assert.Equal(236, taken); // room for the longest chain is kept
        Assert.Equal(0, bench.Device.Send(bench.Pool, Frames.Make(60)));

        bench.Chip.TransmitterHangs = false;
        bench.Chip.Write32(0x3818, bench.Chip[0x3818]);

        Assert.Equal(1, bench.Device.Send(bench.Pool, Frames.Make(60)));
        Assert.Equal(237, bench.Chip.Sent.Count);
    }

    [Fact]
    public void An_overrun_is_counted_and_the_ring_goes_on()
    {
        E1000Bench bench = new();
        int arrived = 0;
        while (bench.Chip.Arrive(Frames.Make(60, arrived)))
            arrived++;
        Assert.Equal(127, arrived);

        Assert.True(bench.Device.OnInterrupt());
        Assert.Equal(127, bench.Device.Drain().Count);
        Assert.Equal(1, bench.Counters[PathEvent.Overrun]);

        Assert.True(bench.Chip.Arrive(Frames.Make(60)));
        Assert.Single(bench.Device.Drain());
    }

    [Fact]
    public void An_empty_pool_stops_arrivals_and_no_more()
    {
        E1000Bench bench = new(buffers: 32);
        List<PacketBuffer> held = [];
        while (bench.Pool.TryTake() is { } buffer)
            held.Add(buffer);
        PacketBuffer[] burst = new PacketBuffer[64];
        while (bench.Chip.Arrive(Frames.Make(60)))
        {
        }

        int count = bench.Device.Receive(burst);
        Assert.Equal(15, count);
        Assert.True(bench.Device.Arm()); // descriptors that are not out hold old bits

        for (int i = 0; i < count; i++)
            burst[i].Release();
        Assert.Empty(bench.Device.Drain());
        Assert.True(bench.Chip.Arrive(Frames.Make(60, 9)));
        Assert.Equal(Frames.Make(60, 9), Assert.Single(bench.Device.Drain()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Arm_gives_an_empty_ring_what_was_released_since_the_last_poll(bool is82574)
    {
        E1000Bench bench = new(is82574, buffers: 32);
        List<PacketBuffer> held = EmptyRing(bench);
        Assert.True(bench.Device.Arm());
        Assert.False(bench.Chip.Arrive(Frames.Make(60)));

        held[0].Release();
        Assert.True(bench.Device.Arm());

        Assert.True(bench.Chip.Arrive(Frames.Make(60, 3)));
        bench.Device.OnInterrupt();
        Assert.Equal(Frames.Make(60, 3), Assert.Single(bench.Device.Drain()));
    }

    [Fact]
    public void With_every_buffer_being_sent_it_is_polled_soon_and_hears_again()
    {
        E1000Bench bench = new(buffers: 32);
        bench.Chip.TransmitterHangs = true;
        Assert.Equal(32, bench.Device.Transmit(EmptyRing(bench).ToArray(), more: false));
        bench.Device.Drain();

        Assert.True(bench.Device.Arm());
        Assert.InRange((bench.Device.Deadline - bench.Platform.Now).Milliseconds, 0, 10);
        bench.Chip.TransmitterHangs = false;
        bench.Chip.Write32(0x3818, bench.Chip[0x3818]);
        bench.After(bench.Device.Deadline - bench.Platform.Now);

        Assert.True(bench.Device.Arm());
        Assert.True(bench.Device.Deadline.IsNever);
        Assert.True(bench.Chip.Arrive(Frames.Make(60)));
    }

    [Fact]
    public void A_descriptor_that_the_chip_was_not_given_brings_no_frame()
    {
        E1000Bench bench = new();
        bench.Echo(1); // its buffer was lent again, which no write of RDT has told yet
        bench.Descriptor(0x2800, 127)[12] = 0x63;
        for (int i = 1; i < 127; i++)
            bench.Descriptor(0x2800, i)[12] = 0x63;
        for (int i = 1; i <= 127; i++)
            bench.Descriptor(0x2800, i)[8] = 60;

        Assert.Equal(126, bench.Device.Receive(new PacketBuffer[200]));
    }

    [Fact]
    public void Arm_sees_a_frame_that_came_in_between()
    {
        E1000Bench bench = new();
        Assert.True(bench.Device.Arm());

        bench.Chip.Arrive(Frames.Make(60));

        Assert.False(bench.Device.Arm());
    }

    /// <summary>Takes every buffer of the pool and of the receive ring.</summary>
    private static List<PacketBuffer> EmptyRing(E1000Bench bench)
    {
        List<PacketBuffer> held = [];
        while (bench.Pool.TryTake() is { } buffer)
            held.Add(buffer);
        PacketBuffer[] burst = new PacketBuffer[64];
        while (bench.Chip.Arrive(Frames.Make(60)))
        {
        }

        held.AddRange(burst[..bench.Device.Receive(burst)]);
        foreach (PacketBuffer buffer in held)
            buffer.Length = 60;
        bench.Device.OnInterrupt();
        bench.Device.Drain();
        return held;
    }
}
