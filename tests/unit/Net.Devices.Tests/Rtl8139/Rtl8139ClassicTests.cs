using System;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.Rtl8139;

public class Rtl8139ClassicTests
{
    [Fact]
    public void A_wake_up_costs_four_accesses_and_a_quarter()
    {
        Rtl8139Bench bench = new(cPlus: false);

        for (int i = 0; i < 80; i++)
            bench.Echo(1);

        // ISR cleared, CBR read, CAPR and TSD written; TSAD read when all four slots have been used.
        Assert.Equal(80, bench.Chip.Count("W3e"));
        Assert.Equal(80, bench.Chip.Count("R3a"));
        Assert.Equal(80, bench.Chip.Count("W38"));
        Assert.Equal(80, bench.Chip.Accesses.Count(a => a is "W10" or "W14" or "W18" or "W1c"));
        Assert.Equal(19, bench.Chip.Count("R60"));
        Assert.Equal((4 * 80) + 19, bench.Chip.Accesses.Count);
    }

    [Fact]
    public void A_burst_writes_CAPR_once()
    {
        Rtl8139Bench bench = new(cPlus: false);

        bench.Echo(16);

        Assert.Equal(1, bench.Chip.Count("W38"));
        Assert.Equal(2 + 1 + 16 + 3, bench.Chip.Accesses.Count);
    }

    [Fact]
    public void The_ring_wraps_anywhere_in_a_frame()
    {
        Rtl8139Bench bench = new(cPlus: false);
        for (int i = 0; i < 300; i++)
        {
            byte[] frame = Frames.Make(60 + (i * 37 % 1450), i);
            Assert.True(bench.Chip.Arrive(frame));
            Assert.Equal(frame, Assert.Single(bench.Wake()));
        }
    }

    [Fact]
    public void A_frame_that_is_still_coming_in_is_left_until_it_is_whole()
    {
        Rtl8139Bench bench = new(cPlus: false);
        bench.Chip.Arrive(Frames.Make(60, 1));
        bench.Chip.BeginArrival(Frames.Make(300, 2));

        Assert.Equal(Frames.Make(60, 1), Assert.Single(bench.Wake()));
        Assert.True(bench.Device.Arm());
        bench.Chip.EndArrival();

        Assert.Equal(Frames.Make(300, 2), Assert.Single(bench.Wake()));
    }

    [Fact]
    public void An_arrival_after_CBR_was_read_interrupts_again()
    {
        Rtl8139Bench bench = new(cPlus: false);
        bench.Chip.Arrive(Frames.Make(60, 1));
        Assert.True(bench.Device.OnInterrupt());
        Assert.False(bench.Chip.Line);

        bench.Chip.Arrive(Frames.Make(60, 2));

        Assert.True(bench.Chip.Line);
        Assert.Single(bench.Device.Drain());
        Assert.Single(bench.Wake());
    }

    [Fact]
    public void Four_slots_take_four_frames()
    {
        Rtl8139Bench bench = new(cPlus: false);
        bench.Chip.TransmitterHangs = true;
        Assert.Equal(4, bench.Device.Send(bench.Pool, [.. Enumerable.Range(0, 6).Select(i => Frames.Make(60, i))]));

        bench.Chip.ResumeTransmitter();

        Assert.Equal(2, bench.Device.Send(bench.Pool, Frames.Make(60, 4), Frames.Make(60, 5)));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => Frames.Make(60, i)), bench.Chip.Sent);
    }

    [Fact]
    public void Without_buffers_frames_stay_in_the_ring()
    {
        Rtl8139Bench bench = new(cPlus: false, buffers: 1);
        PacketBuffer held = bench.Pool.TryTake()!;
        bench.Chip.Arrive(Frames.Make(60));
        bench.Device.OnInterrupt();
        Assert.Empty(bench.Device.Drain());
        Assert.True(bench.Device.Arm());

        held.Release();

        Assert.False(bench.Device.Arm());
        Assert.Single(bench.Device.Drain());
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
        Rtl8139Bench bench = new(cPlus: false);
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
        Assert.Equal(256, bench.Pool.Available);
    }

    [Fact]
    public void A_full_frame_with_a_tag_passes()
    {
        Rtl8139Bench bench = new(cPlus: false);
        Assert.True(bench.Chip.Arrive(Frames.Make(1518)));

        Assert.Equal(Frames.Make(1518), Assert.Single(bench.Wake()));
    }

    [Theory]
    [InlineData(0x0001, 0)]
    [InlineData(0x0001, 17)]
    [InlineData(0x0001, 1523)]   // and CBR does not cover it
    [InlineData(0x0001, 200)]    // beyond what CBR covers
    [InlineData(0x0000, 64)]     // not ROK
    [InlineData(0x0005, 64)]     // ROK with a CRC error
    [InlineData(0x0041, 64)]     // a reserved bit
    public void A_ring_in_disorder_resets_the_chip_which_is_alive_afterwards(ushort status, int length)
    {
        Rtl8139Bench bench = new(cPlus: false);
        int available = bench.Pool.Available;

        bench.Chip.Arrive(Frames.Make(60), status, length);
        Assert.Empty(bench.Wake());

        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.True(bench.Chip.Arrive(Frames.Make(80, 3)));
        Assert.Equal(Frames.Make(80, 3), Assert.Single(bench.Wake()));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Property(MaxTest = 50)]
    public void Nonsense_in_the_ring_breaks_the_device_and_nothing_else((ushort Status, ushort Length)[] headers)
    {
        Rtl8139Bench bench = new(cPlus: false, buffers: 16);
        foreach ((ushort status, ushort length) in headers)
        {
            bench.Chip.Arrive(Frames.Make(60), status, length);
            bench.Wake();
            bench.After(Duration.FromSeconds(2));
        }

        // The worst that is not told from a frame still coming in: the ring waits for it, until it is full.
        for (int i = 0; i < 600 && bench.Chip.Arrive(Frames.Make(60)); i++)
            bench.Wake();
        bench.Chip.Raise(1 << 15);
        bench.Wake();
        bench.After(Duration.FromSeconds(2));
        Assert.True(bench.Chip.Arrive(Frames.Make(99)));
        Assert.Equal(Frames.Make(99), Assert.Single(bench.Wake()));
        Assert.Equal(16, bench.Pool.Available);
    }
}
