using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.Ne2000;

public class Ne2000Tests
{
    [Theory]
    [InlineData(60)]
    [InlineData(61)]   // an odd length
    [InlineData(248)]  // a page exactly, with the header and the check sequence
    [InlineData(249)]
    [InlineData(1514)]
    public void Frames_pass_as_they_are_and_in_order(int length)
    {
        Ne2000Bench bench = new();
        byte[][] frames = [Frames.Make(length, 1), Frames.Make(length, 2), Frames.Make(length, 3)];

        foreach (byte[] frame in frames)
            Assert.True(bench.Chip.Arrive(frame));
        Assert.Equal(3, bench.Device.Send(bench.Pool, frames));

        Assert.Equal(frames, bench.Wake());
        Assert.Equal(frames, bench.Chip.Sent);
    }

    [Fact]
    public void The_address_is_every_second_byte_of_the_PROM()
    {
        Assert.Equal(new MacAddress(0x5254_0012_3456), new Ne2000Bench().Device.Address);
    }

    [Fact]
    public void A_chip_that_stays_in_reset_or_has_no_address_is_refused()
    {
        Ne2000Bench stuck = new(start: false);
        stuck.Chip.NeverResets = true;
        stuck.Platform.TimeStep = Duration.FromMilliseconds(1);
        Assert.False(stuck.Device.Begin());

        Ne2000Bench nameless = new(start: false);
        nameless.Chip.Station = new byte[6];
        Assert.False(nameless.Device.Begin());
    }

    [Theory]
    [InlineData(106)]
    [InlineData(107)]
    [InlineData(1514)]
    public void A_wake_up_costs_what_the_documentation_adds_up(int length)
    {
        Ne2000Bench bench = new();
        bench.Echo(1, length);
        bench.Chip.Accesses.Clear();
        int before = bench.Chip.Units;

        bench.Echo(1, length);

        int units = (length + 3) / 4;
        Assert.Equal(1 + units + units, bench.Chip.Units - before);
        Assert.Equal(5 + 5 + 1 + 7, bench.Chip.Accesses.Count);
    }

    [Fact]
    public void Another_length_to_send_costs_two_accesses_more()
    {
        Ne2000Bench bench = new();
        bench.Echo(1, 106);
        bench.Chip.Accesses.Clear();

        bench.Echo(1, 107);

        Assert.Equal(5 + 5 + 1 + 9, bench.Chip.Accesses.Count);
    }

    [Fact]
    public void A_burst_writes_BNRY_once_and_asks_for_CURR_once()
    {
        Ne2000Bench bench = new();
        bench.Echo(1, 106);
        bench.Chip.Accesses.Clear();

        bench.Echo(8, 106);

        Assert.Equal(1, bench.Chip.Count("W03"));
        Assert.Equal(5 + 1 + (8 * 5) + (8 * 7) + (7 * 2), bench.Chip.Accesses.Count); // PTX is read and cleared between frames
    }

    [Fact]
    public void The_ring_wraps_anywhere_in_a_frame()
    {
        Ne2000Bench bench = new();
        for (int i = 0; i < 300; i++)
        {
            byte[] frame = Frames.Make(60 + (i * 37 % 1450), i);
            Assert.True(bench.Chip.Arrive(frame));
            Assert.Equal(frame, Assert.Single(bench.Wake()));
        }
    }

    [Fact]
    public void A_short_frame_is_padded_with_zeroes()
    {
        Ne2000Bench bench = new();

        bench.Device.Send(bench.Pool, Frames.Make(42));

        Assert.Equal([.. Frames.Make(42), .. new byte[18]], Assert.Single(bench.Chip.Sent));
    }

    [Fact]
    public void A_chain_goes_out_as_one_frame_and_comes_back_whole()
    {
        Ne2000Bench bench = new();
        int available = bench.Pool.Available;
        PacketBuffer head = Frames.Fill(bench.Pool, Frames.Make(55, 1));
        head.Next = Frames.Fill(bench.Pool, Frames.Make(1001, 2));

        bench.Device.Transmit([head], more: false);

        Assert.Equal([.. Frames.Make(55, 1), .. Frames.Make(1001, 2)], Assert.Single(bench.Chip.Sent));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Fact]
    public void An_interrupt_of_somebody_else_is_not_ours()
    {
        Assert.False(new Ne2000Bench().Device.OnInterrupt());
    }

    [Fact]
    public void An_arrival_after_CURR_was_read_interrupts_again()
    {
        Ne2000Bench bench = new();
        bench.Chip.Arrive(Frames.Make(60, 1));
        Assert.True(bench.Device.OnInterrupt());
        Assert.False(bench.Chip.Line);

        bench.Chip.Arrive(Frames.Make(60, 2));

        Assert.True(bench.Chip.Line);
        Assert.Single(bench.Device.Drain());
        Assert.Single(bench.Wake());
    }

    [Fact]
    public void An_overrun_stops_the_chip_keeps_what_is_there_and_goes_on()
    {
        Ne2000Bench bench = new();
        List<byte[]> kept = [];
        for (int i = 0; i < 100; i++)
        {
            byte[] frame = Frames.Make(200, i);
            if (bench.Chip.Arrive(frame))
                kept.Add(frame);
        }

        Assert.Equal(57, kept.Count);
        Instant before = bench.Platform.Time;
        Assert.Equal(kept, bench.Wake());

        Assert.Equal(1, bench.Counters[PathEvent.Overrun]);
        Assert.Equal(0, bench.Counters[PathEvent.Violation]);
        Assert.InRange((bench.Platform.Time - before).Microseconds, 1600, 2000);
        Assert.True(bench.Chip.Arrive(Frames.Make(77)));
        Assert.Equal(Frames.Make(77), Assert.Single(bench.Wake()));
    }

    [Fact]
    public void A_frame_whose_sending_an_overrun_cut_off_is_sent_again()
    {
        Ne2000Bench bench = new();
        bench.Chip.TransmitterHangs = true;
        bench.Device.Send(bench.Pool, Frames.Make(60, 9));
        while (bench.Chip.Arrive(Frames.Make(200)))
        {
        }

        Assert.True(bench.Device.OnInterrupt());
        bench.Chip.TransmitterHangs = false;
        bench.Device.Drain();

        Assert.Equal(Frames.Make(60, 9), Assert.Single(bench.Chip.Sent));
    }

    [Fact]
    public void Without_buffers_frames_stay_in_the_chip()
    {
        Ne2000Bench bench = new(buffers: 1);
        PacketBuffer held = bench.Pool.TryTake()!;
        bench.Chip.Arrive(Frames.Make(60));
        bench.Device.OnInterrupt();
        Assert.Empty(bench.Device.Drain());
        Assert.True(bench.Device.Arm());

        held.Release();

        Assert.False(bench.Device.Arm());
        Assert.Single(bench.Device.Drain());
    }

    [Fact]
    public void A_transmitter_that_hangs_is_reset_after_two_seconds_and_sends_again()
    {
        Ne2000Bench bench = new();
        int available = bench.Pool.Available;
        bench.Chip.TransmitterHangs = true;
        Assert.Equal(1, bench.Device.Send(bench.Pool, Frames.Make(60, 1), Frames.Make(60, 2)));
        bench.Wake();

        bench.After(Duration.FromMilliseconds(1900));
        Assert.Equal(0, bench.Counters[PathEvent.Reset]);
        bench.Chip.TransmitterHangs = false;
        bench.After(Duration.FromMilliseconds(200));

        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.Equal(available, bench.Pool.Available);
        bench.Device.Send(bench.Pool, Frames.Make(60, 5));
        Assert.Equal(Frames.Make(60, 5), Assert.Single(bench.Chip.Sent));
    }

    [Fact]
    public void A_storm_of_interrupts_is_masked_polled_by_time_and_over_after_a_second()
    {
        Ne2000Bench bench = new();
        for (int i = 0; i < Nic.StormThreshold; i++)
        {
            bench.Chip.Raise(1);
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

    [Fact]
    public void A_transfer_that_does_not_end_resets_the_chip()
    {
        Ne2000Bench bench = new();
        bench.Chip.TransfersHang = true;
        bench.Device.Send(bench.Pool, Frames.Make(60, 1));
        Assert.Equal(1, bench.Counters[PathEvent.Violation]);

        bench.Chip.TransfersHang = false;
        bench.After(Duration.FromSeconds(1));
        bench.Device.Send(bench.Pool, Frames.Make(60, 2));

        Assert.Equal(Frames.Make(60, 2), Assert.Single(bench.Chip.Sent));
    }

    /// <summary>The chip takes frames of any length, as a link with another MTU brings them: that is no disorder, nor an interrupt about
    /// nothing.</summary>
    [Theory]
    [InlineData(1519)]
    [InlineData(1523)]
    [InlineData(4000)]
    [InlineData(9018)]
    public void A_frame_longer_than_any_for_this_card_is_dropped_and_counted_and_nothing_else(int length)
    {
        Ne2000Bench bench = new();
        for (int i = 1; i <= 2 * Nic.StormThreshold; i++)
        {
            Assert.True(bench.Chip.Arrive(Frames.Make(length, i)));
            Assert.Empty(bench.Wake());
        }

        Assert.True(bench.Chip.Arrive(Frames.Make(length)));
        Assert.True(bench.Chip.Arrive(Frames.Make(80, 3)));
        Assert.Equal(Frames.Make(80, 3), Assert.Single(bench.Wake()));
        Assert.Equal((2 * Nic.StormThreshold) + 1, bench.Counters[PathEvent.Overrun]);
        Assert.Equal((0, 0), (bench.Counters[PathEvent.Violation], bench.Counters[PathEvent.Reset]));
        Assert.Equal(64, bench.Pool.Available);
    }

    /// <summary>As on QEMU, where what comes together may have no header left to read.</summary>
    [Theory]
    [InlineData(3900, 5)]
    [InlineData(4000, 4)]
    [InlineData(9014, 2)]
    [InlineData(9014, 3)]
    [InlineData(9014, 4)]
    public void Frames_longer_than_any_that_write_over_each_other_are_lost_and_nothing_else(int length, int together)
    {
        Ne2000Bench bench = new();
        bench.Chip.WritesOver = true;
        for (int round = 0; round < Nic.StormThreshold + 10; round++)
        {
            for (int i = 0; i < together; i++)
            {
                bench.Chip.Arrive(Frames.Make(length, round + i));
                bench.Chip.Arrive(Frames.Make(80, i));
            }

            bench.Wake();
            Assert.True(bench.Chip.Arrive(Frames.Make(90, round)));
            Assert.Equal(Frames.Make(90, round), Assert.Single(bench.Wake()));
        }

        Assert.InRange(bench.Counters[PathEvent.Overrun], Nic.StormThreshold + 10, long.MaxValue);
        Assert.Equal((0, 0), (bench.Counters[PathEvent.Violation], bench.Counters[PathEvent.Reset]));
        Assert.Equal(64, bench.Pool.Available);
    }

    [Fact]
    public void A_full_frame_with_a_tag_passes()
    {
        Ne2000Bench bench = new();
        Assert.True(bench.Chip.Arrive(Frames.Make(1518)));

        Assert.Equal(Frames.Make(1518), Assert.Single(bench.Wake()));
    }

    [Fact]
    public void A_frame_that_no_card_could_send_is_dropped_and_counted()
    {
        Ne2000Bench bench = new();
        PacketBuffer head = Frames.Fill(bench.Pool, Frames.Make(1400));
        head.Next = Frames.Fill(bench.Pool, Frames.Make(1400));

        Assert.Equal(1, bench.Device.Transmit([head], more: false));

        Assert.Empty(bench.Chip.Sent);
        Assert.Equal((1, 0), (bench.Counters[PathEvent.Overrun], bench.Counters[PathEvent.Sent]));
        Assert.Equal(64, bench.Pool.Available);
    }

    [Theory]
    [InlineData(1, 17, null)]
    [InlineData(1, 1523, null)]    // longer than the page up to CURR
    [InlineData(1, 0xffff, null)]
    [InlineData(0, 64, null)]      // not received
    [InlineData(0x03, 64, null)]   // with a CRC error
    [InlineData(1, 64, 0x45)]      // the next page is where frames are sent from
    [InlineData(1, 64, 0x80)]
    [InlineData(1, 64, 0x4b)]      // not where this one ends
    [InlineData(1, 1000, null)]    // longer than the pages up to CURR
    public void A_ring_in_disorder_is_lost_and_what_comes_next_is_not(byte status, int count, int? next)
    {
        Ne2000Bench bench = new();
        int available = bench.Pool.Available;

        bench.Chip.Arrive(Frames.Make(60), status, count, next);
        Assert.Empty(bench.Wake());

        Assert.Equal(1, bench.Counters[PathEvent.Overrun]);
        Assert.Equal((0, 0), (bench.Counters[PathEvent.Violation], bench.Counters[PathEvent.Reset]));
        Assert.True(bench.Chip.Arrive(Frames.Make(80, 3)));
        Assert.Equal(Frames.Make(80, 3), Assert.Single(bench.Wake()));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x45)]
    [InlineData(0x80)]
    [InlineData(0xff)]
    public void A_current_page_outside_the_ring_resets_the_chip(byte page)
    {
        Ne2000Bench bench = new();
        bench.Chip.Current = page;
        bench.Chip.Raise(1);

        Assert.Empty(bench.Wake());

        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        Assert.True(bench.Chip.Arrive(Frames.Make(60)));
        Assert.Single(bench.Wake());
    }

    /// <summary>Whatever the interleaving of arrivals and echoes, each frame is seen once, in order and whole.</summary>
    [Property(MaxTest = 50)]
    public void Nothing_is_lost_doubled_or_reordered(byte[] script)
    {
        Ne2000Bench bench = new();
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
            Assert.Equal(arrived.Count, bench.Device.Send(bench.Pool, [.. arrived]));
            Assert.Equal(arrived, bench.Chip.Sent);
        }
    }
}
