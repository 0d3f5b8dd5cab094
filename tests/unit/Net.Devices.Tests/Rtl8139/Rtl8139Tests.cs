using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.Rtl8139;

/// <summary>What holds in both ways of working.</summary>
public class Rtl8139Tests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_pass_as_they_are_and_in_order(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        byte[][] frames = [Frames.Make(60, 1), Frames.Make(1514, 2), Frames.Make(61, 3)];

        foreach (byte[] frame in frames)
            Assert.True(bench.Chip.Arrive(frame));
        Assert.Equal(3, bench.Device.Send(bench.Pool, frames));

        Assert.Equal(frames, bench.Wake());
        Assert.Equal(frames, bench.Chip.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_address_is_what_the_chip_loaded(bool cPlus)
    {
        Assert.Equal(new MacAddress(0x5254_0012_3456), new Rtl8139Bench(cPlus).Device.Address);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_short_frame_is_padded_with_zeroes(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);

        bench.Device.Send(bench.Pool, Frames.Make(42));

        Assert.Equal([.. Frames.Make(42), .. new byte[18]], Assert.Single(bench.Chip.Sent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_short_frame_in_pieces_is_padded_too(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        int available = bench.Pool.Available;
        PacketBuffer head = Frames.Fill(bench.Pool, Frames.Make(14, 1));
        head.Next = Frames.Fill(bench.Pool, Frames.Make(20, 2));
        head.Next.Next = Frames.Fill(bench.Pool, Frames.Make(3, 3));

        bench.Device.Transmit([head], more: false);
        bench.Wake();

        Assert.Equal([.. Frames.Make(14, 1), .. Frames.Make(20, 2), .. Frames.Make(3, 3), .. new byte[23]], Assert.Single(bench.Chip.Sent));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Fact]
    public void Padding_stays_within_the_page()
    {
        Rtl8139Bench bench = new(cPlus: true);
        bench.Chip.TransmitterHangs = true;
        PacketBuffer frame = bench.Pool.TryTake()!;
        frame.Offset = PacketBuffer.Capacity - 42;
        frame.Length = 42;
        Frames.Make(42).CopyTo(frame.Data);

        Assert.Equal(1, bench.Device.Transmit([frame], more: false));

        Assert.Equal((PacketBuffer.Capacity - 60, 60), (frame.Offset, frame.Length));
        bench.Chip.ResumeTransmitter();
        Assert.Equal([.. Frames.Make(42), .. new byte[18]], Assert.Single(bench.Chip.Sent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_that_no_card_could_send_is_dropped_and_counted(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        int available = bench.Pool.Available;
        PacketBuffer head = Frames.Fill(bench.Pool, Frames.Make(1400));
        head.Next = Frames.Fill(bench.Pool, Frames.Make(1400));

        Assert.Equal(1, bench.Device.Transmit([head], more: false));

        Assert.Empty(bench.Chip.Sent);
        Assert.Equal((1, 0), (bench.Counters[PathEvent.Overrun], bench.Counters[PathEvent.Sent]));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_chain_goes_out_as_one_frame_and_comes_back_whole(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        int available = bench.Pool.Available;
        PacketBuffer head = Frames.Fill(bench.Pool, Frames.Make(55, 1));
        head.Next = Frames.Fill(bench.Pool, Frames.Make(1001, 2));

        bench.Device.Transmit([head], more: false);
        bench.Wake();

        Assert.Equal([.. Frames.Make(55, 1), .. Frames.Make(1001, 2)], Assert.Single(bench.Chip.Sent));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_chip_that_stays_in_reset_or_has_no_address_is_refused(bool cPlus)
    {
        Rtl8139Bench stuck = new(cPlus, start: false);
        stuck.Chip.NeverResets = true;
        stuck.Platform.TimeStep = Duration.FromMilliseconds(1);
        Assert.False(stuck.Device.Begin());

        Rtl8139Bench nameless = new(cPlus, start: false);
        nameless.Chip.Station = new byte[6];
        Assert.False(nameless.Device.Begin());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_link_is_followed(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        foreach (bool up in new[] { false, true })
        {
            bench.Chip.SetLink(up);
            bench.Wake();
            Assert.Equal(up, bench.Device.LinkUp);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interrupt_of_somebody_else_is_not_ours(bool cPlus)
    {
        Assert.False(new Rtl8139Bench(cPlus).Device.OnInterrupt());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_ring_loses_frames_says_so_and_goes_on(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        List<byte[]> kept = [];
        for (int i = 0; i < 300; i++)
        {
            byte[] frame = Frames.Make(200, i);
            if (bench.Chip.Arrive(frame))
                kept.Add(frame);
        }

        Assert.InRange(kept.Count, 60, 200);
        Assert.Equal(kept, bench.Wake());
        Assert.Equal(300 - kept.Count, bench.Counters[PathEvent.Overrun]);
        Assert.True(bench.Chip.Arrive(Frames.Make(77)));
        Assert.Equal(Frames.Make(77), Assert.Single(bench.Wake()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interrupt_leaves_the_line_quiet_even_after_an_overflow(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        for (int i = 0; i < 300; i++)
            bench.Chip.Arrive(Frames.Make(200, i));

        Assert.True(bench.Device.OnInterrupt());

        Assert.False(bench.Chip.Line);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_change_of_the_link_beside_an_arrival_is_quiet_after_two_interrupts(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        bench.Chip.Arrive(Frames.Make(60));
        bench.Chip.SetLink(false);

        Assert.True(bench.Device.OnInterrupt());
        Assert.True(bench.Chip.Line);
        Assert.True(bench.Device.OnInterrupt());
        Assert.False(bench.Chip.Line);

        Assert.Single(bench.Device.Drain());
        Assert.False(bench.Device.LinkUp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_storm_of_interrupts_is_masked_polled_by_time_and_over_after_a_second(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);
        for (int i = 0; i < Nic.StormThreshold; i++)
        {
            bench.Chip.Raise(1 << 5); // "the link has changed", and it has not
            Assert.True(bench.Device.OnInterrupt());
            bench.Device.Drain();
        }

        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        bench.Chip.Arrive(Frames.Make(60, 1));
        Assert.False(bench.Chip.Line);
        Assert.Single(bench.After(Duration.FromMilliseconds(10)));

        bench.After(Duration.FromSeconds(1));
        bench.Chip.Arrive(Frames.Make(60, 2));
        Assert.True(bench.Chip.Line);
        Assert.Single(bench.Wake());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_system_error_resets_the_chip(bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus);

        bench.Chip.Raise(1 << 15);
        bench.Wake();

        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.True(bench.Chip.Arrive(Frames.Make(60)));
        Assert.Single(bench.Wake());
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 63)]
    public void A_transmitter_that_hangs_is_reset_after_two_seconds_and_sends_again(bool cPlus, int capacity)
    {
        Rtl8139Bench bench = new(cPlus);
        int available = bench.Pool.Available;
        bench.Chip.TransmitterHangs = true;
        Assert.Equal(capacity, bench.Device.Send(bench.Pool, [.. Enumerable.Range(0, 70).Select(i => Frames.Make(60, i))]));
        bench.Wake();
        Assert.False(bench.Device.Deadline.IsNever);

        bench.After(Duration.FromMilliseconds(1900));
        Assert.Equal(0, bench.Counters[PathEvent.Reset]);
        bench.Chip.TransmitterHangs = false;
        bench.After(Duration.FromMilliseconds(200));

        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.Equal(available, bench.Pool.Available);
        bench.Device.Send(bench.Pool, Frames.Make(60, 5));
        Assert.Equal(Frames.Make(60, 5), Assert.Single(bench.Chip.Sent));
    }

    /// <summary>Whatever the interleaving of arrivals and echoes, each frame is seen once, in order and whole.</summary>
    [Property(MaxTest = 50)]
    public void Nothing_is_lost_doubled_or_reordered(byte[] script, bool cPlus)
    {
        Rtl8139Bench bench = new(cPlus, buffers: 128);
        int seed = 0;
        foreach (byte step in script.Concat(Enumerable.Repeat((byte)199, 12)))
        {
            List<byte[]> expected = [];
            for (int i = 0; i < step % 17; i++)
            {
                byte[] frame = Frames.Make(60 + (step * 5), ++seed);
                if (bench.Chip.Arrive(frame))
                    expected.Add(frame);
            }

            bench.Chip.Sent.Clear();
            List<byte[]> arrived = bench.Wake();
            Assert.Equal(expected, arrived);
            int sent = bench.Device.Send(bench.Pool, [.. arrived]);
            Assert.Equal(arrived.Take(sent), bench.Chip.Sent);
        }
    }
}
