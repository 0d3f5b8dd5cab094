using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.Rtl8139;

public class Rtl8139CPlusTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void A_wake_up_costs_two_accesses_however_much_it_brings(int burst)
    {
        Rtl8139Bench bench = new(cPlus: true);

        bench.Echo(burst);

        Assert.Equal(["W3e", "Wd9"], bench.Chip.Accesses);
    }

    [Fact]
    public void Arrivals_lie_behind_the_headroom()
    {
        Rtl8139Bench bench = new(cPlus: true);
        PacketBuffer[] burst = new PacketBuffer[1];
        bench.Chip.Arrive(Frames.Make(60));

        bench.Device.Receive(burst);

        Assert.Equal(PacketBuffer.Headroom, burst[0].Offset);
    }

    [Fact]
    public void Both_rings_wrap()
    {
        Rtl8139Bench bench = new(cPlus: true);
        int available = bench.Pool.Available;
        for (int i = 0; i < 1000; i++)
            bench.Echo(1 + (i % 16));

        Assert.Equal(bench.Counters[PathEvent.Received], bench.Counters[PathEvent.Sent]);
        Assert.InRange(bench.Pool.Available, available, available + 15);
    }

    [Fact]
    public void The_buffers_of_an_echo_never_see_the_pool()
    {
        Rtl8139Bench bench = new(cPlus: true);
        while (bench.Pool.TryTake() is not null)
        {
        }

        for (int i = 0; i < 1000; i++)
            bench.Echo(1 + (i % 16));

        Assert.Equal(0, bench.Pool.Available);
    }

    [Theory]
    [InlineData(0x3002_0000u, true)]  // UDP
    [InlineData(0x3001_0000u, true)]  // TCP
    [InlineData(0x3003_0000u, false)] // IP and no more
    [InlineData(0x3000_0000u, false)] // not IP
    [InlineData(0x3002_4000u, false)] // UDPF
    [InlineData(0x3001_2000u, false)] // TCPF
    [InlineData(0x3002_8000u, false)] // IPF
    public void A_checksum_is_verified_only_where_the_chip_says_so(uint status, bool verified)
    {
        Rtl8139Bench bench = new(cPlus: true);
        PacketBuffer[] burst = new PacketBuffer[1];
        bench.Chip.ArriveCPlus(Frames.Make(60), status);

        Assert.Equal(1, bench.Device.Receive(burst));

        Assert.Equal(verified, burst[0].ChecksumVerified);
    }

    [Theory]
    [InlineData(34, 6, 2)]  // UDP
    [InlineData(34, 16, 1)] // TCP
    [InlineData(34, 2, 0)]  // a protocol that the chip does not know
    [InlineData(38, 6, 0)]  // behind options
    [InlineData(54, 6, 0)]  // behind IPv6
    public void A_checksum_is_left_to_the_chip_where_it_can(ushort start, ushort offset, int command)
    {
        Rtl8139Bench bench = new(cPlus: true);
        PacketBuffer frame = Frames.Fill(bench.Pool, new byte[80]);
        frame.Data[79] = 1;
        frame.ChecksumStart = start;
        frame.ChecksumOffset = offset;

        bench.Device.Transmit([frame], more: false);

        Assert.Equal((uint)command << 16, Assert.Single(bench.Chip.ChecksumCommands));
        Assert.Equal(command == 0 ? [0xff, 0xfe] : new byte[2], bench.Chip.Sent[0].AsSpan(start + offset, 2).ToArray());
    }

    [Theory]
    [InlineData(0x3000_0000u, 0)]
    [InlineData(0x3000_0000u, 17)]
    [InlineData(0x3000_0000u, 1537)]
    [InlineData(0x1000_0000u, 64)] // the last piece of a frame without a first
    [InlineData(0x3010_0000u, 64)] // an error
    public void An_impossible_arrival_resets_the_chip_which_is_alive_afterwards(uint status, int length)
    {
        Rtl8139Bench bench = new(cPlus: true);
        bench.Chip.ArriveCPlus(Frames.Make(60), status, length);

        Assert.Empty(bench.Wake());

        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.True(bench.Chip.Arrive(Frames.Make(80, 3)));
        Assert.Equal(Frames.Make(80, 3), Assert.Single(bench.Wake()));
    }

    [Fact]
    public void A_frame_in_several_descriptors_is_dropped_and_counted_and_nothing_else()
    {
        Rtl8139Bench bench = new(cPlus: true);
        int available = bench.Pool.Available;
        for (int round = 1; round <= 100; round++)
        {
            Assert.True(bench.Chip.ArriveCPlus(Frames.Make(1532), 0x2000_0000));
            Assert.True(bench.Chip.ArriveCPlus(Frames.Make(1532), 0x0000_0000));
            Assert.True(bench.Chip.ArriveCPlus(Frames.Make(100), 0x1000_0000, 3168));
            Assert.True(bench.Chip.Arrive(Frames.Make(80, round)));

            Assert.Equal(Frames.Make(80, round), Assert.Single(bench.Wake()));
            Assert.Equal(round, bench.Counters[PathEvent.Overrun]);
        }

        Assert.Equal((0, 0), (bench.Counters[PathEvent.Violation], bench.Counters[PathEvent.Reset]));
        Assert.InRange(bench.Pool.Available, available, available + 31);
    }

    [Fact]
    public void A_frame_that_begins_before_the_last_has_ended_resets_the_chip()
    {
        Rtl8139Bench bench = new(cPlus: true);
        bench.Chip.ArriveCPlus(Frames.Make(1532), 0x2000_0000);
        bench.Chip.Arrive(Frames.Make(80));

        Assert.Empty(bench.Wake());

        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        Assert.True(bench.Chip.Arrive(Frames.Make(80, 3)));
        Assert.Equal(Frames.Make(80, 3), Assert.Single(bench.Wake()));
    }

    /// <summary>A descriptor that never comes back stops the ring behind it, for ever if nobody looks at it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    public void A_frame_that_is_never_reported_sent_is_a_transmitter_that_hangs_though_those_behind_it_are(int frames)
    {
        Rtl8139Bench bench = new(cPlus: true);
        int available = bench.Pool.Available;
        bench.Device.Send(bench.Pool, Frames.Make(60));
        Frames.Memory(bench.Chip.Read32(0x20), 16)[3] |= 0x80; // OWN
        for (int i = 1; i < frames; i++)
            Assert.Equal(1, bench.Device.Send(bench.Pool, Frames.Make(60, i)));
        bench.Wake();

        bench.After(Duration.FromMilliseconds(1900));
        Assert.Equal(0, bench.Counters[PathEvent.Reset]);
        bench.After(Duration.FromMilliseconds(200));

        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.Equal(available, bench.Pool.Available);
        bench.Device.Send(bench.Pool, Frames.Make(60, 5));
        Assert.Equal(Frames.Make(60, 5), bench.Chip.Sent[^1]);
    }

    [Fact]
    public void Arm_gives_an_empty_ring_what_was_released_since_the_last_poll()
    {
        Rtl8139Bench bench = new(cPlus: true, buffers: 32);
        List<PacketBuffer> held = EmptyRing(bench);
        Assert.True(bench.Device.Arm());
        Assert.False(bench.Chip.Arrive(Frames.Make(60)));

        held[0].Release();
        Assert.True(bench.Device.Arm());

        Assert.True(bench.Chip.Arrive(Frames.Make(60, 3)));
        Assert.Equal(Frames.Make(60, 3), Assert.Single(bench.Wake()));
    }

    [Fact]
    public void With_every_buffer_being_sent_it_is_polled_soon_and_hears_again()
    {
        Rtl8139Bench bench = new(cPlus: true, buffers: 32);
        bench.Chip.TransmitterHangs = true;
        Assert.Equal(32, bench.Device.Transmit(EmptyRing(bench).ToArray(), more: false));
        bench.Wake();

        Assert.InRange((bench.Device.Deadline - bench.Platform.Now).Milliseconds, 0, 10);
        bench.Chip.ResumeTransmitter();
        bench.After(bench.Device.Deadline - bench.Platform.Now);

        Assert.True(bench.Device.Deadline.IsNever);
        Assert.True(bench.Chip.Arrive(Frames.Make(60)));
    }

    [Fact]
    public void Frames_with_more_to_come_wait_for_the_last()
    {
        Rtl8139Bench bench = new(cPlus: true);

        bench.Device.Send(bench.Pool, more: true, Frames.Make(60, 1), Frames.Make(60, 2));
        Assert.Empty(bench.Chip.Accesses);
        bench.Device.Transmit([], more: false);

        Assert.Equal(2, bench.Chip.Sent.Count);
        Assert.Equal(["Wd9"], bench.Chip.Accesses);
    }

    /// <summary>Takes every buffer of the pool and of the receive ring.</summary>
    private static List<PacketBuffer> EmptyRing(Rtl8139Bench bench)
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
        bench.Wake();
        return held;
    }
}
