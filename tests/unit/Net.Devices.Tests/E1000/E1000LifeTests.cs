using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.E1000;

/// <summary>The link, and chips that hang, lie or storm: they are reset, and nothing else suffers.</summary>
public class E1000LifeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_link_is_followed(bool messages)
    {
        E1000Bench bench = new(is82574: messages, messages: messages);
        Assert.True(bench.Device.LinkUp);
        foreach (bool up in new[] { false, true })
        {
            bench.Chip.SetLink(up);
            Assert.True(messages ? bench.Device.OtherCauses.OnInterrupt() : bench.Device.OnInterrupt());
            Assert.False(bench.Device.Arm());
            bench.Device.Drain();
            Assert.Equal(up, bench.Device.LinkUp);
        }

        Assert.Equal(messages ? 2 : 0, bench.Chip.Messages[1]);
    }

    [Fact]
    public void A_transmitter_that_hangs_is_reset_after_two_seconds_and_sends_again()
    {
        E1000Bench bench = new();
        int available = bench.Pool.Available;
        bench.Chip.TransmitterHangs = true;
        bench.Device.Send(bench.Pool, Frames.Make(60));
        bench.Device.Drain();
        Assert.False(bench.Device.Deadline.IsNever);

        bench.After(Duration.FromMilliseconds(1900));
        Assert.Equal(0, bench.Counters[PathEvent.Reset]);

        bench.Chip.TransmitterHangs = false;
        bench.After(Duration.FromMilliseconds(200));
        bench.Device.Drain();
        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.Equal(available, bench.Pool.Available);
        Assert.True(bench.Device.Deadline.IsNever);

        bench.Device.Send(bench.Pool, Frames.Make(60, 5));
        Assert.Equal(Frames.Make(60, 5), Assert.Single(bench.Chip.Sent));
    }

    /// <summary>One report that never comes would keep all buffers behind it from coming back, though the chip sends.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(17)] // every buffer of the pool that is not in the receive ring
    public void A_frame_that_is_never_reported_sent_is_a_transmitter_that_hangs_though_those_behind_it_are(int frames)
    {
        E1000Bench bench = new(buffers: 32);
        int available = bench.Pool.Available;
        bench.Device.Send(bench.Pool, Frames.Make(60));
        TakeBackReport(bench, 0);
        for (int i = 1; i < frames; i++)
            bench.Device.Send(bench.Pool, Frames.Make(60, i));
        bench.Device.Drain();

        bench.After(Duration.FromMilliseconds(1900));
        Assert.Equal(0, bench.Counters[PathEvent.Reset]);
        bench.After(Duration.FromMilliseconds(200));

        Assert.Equal(1, bench.Counters[PathEvent.Reset]);
        Assert.Equal(available, bench.Pool.Available);
        bench.Device.Send(bench.Pool, Frames.Make(60, 5));
        Assert.Equal(Frames.Make(60, 5), bench.Chip.Sent[^1]);
    }

    [Fact]
    public void A_transmitter_without_a_link_is_not_hung()
    {
        E1000Bench bench = new();
        bench.Chip.SetLink(false);
        bench.Device.OnInterrupt();
        bench.Device.Drain();
        bench.Chip.TransmitterHangs = true;
        bench.Device.Send(bench.Pool, Frames.Make(60));

        for (int i = 0; i < 10; i++)
            bench.After(Duration.FromSeconds(1));

        Assert.Equal(0, bench.Counters[PathEvent.Violation]);
    }

    [Theory]
    [InlineData(0, 0x63)]
    [InlineData(13, 0x63)]
    [InlineData(2049, 0x63)]
    [InlineData(0xffff, 0x63)]
    [InlineData(60, 0x61)] // no EOP, and the descriptor is not full
    public void An_impossible_length_resets_the_chip_which_is_alive_afterwards(int length, byte status)
    {
        foreach (bool is82574 in new[] { false, true })
        {
            E1000Bench bench = new(is82574);
            int available = bench.Pool.Available;
            bench.Chip.Arrive(Frames.Make(60), status, 0, length);

            Assert.Empty(bench.Device.Drain());
            Assert.Equal(1, bench.Counters[PathEvent.Violation]);
            Assert.Equal(1, bench.Counters[PathEvent.Reset]);
            Assert.True(bench.Device.LinkUp);
            Assert.True(bench.Chip.Arrive(Frames.Make(80, 3)));
            Assert.Equal(Frames.Make(80, 3), Assert.Single(bench.Device.Drain()));
            Assert.Equal(available + 1, bench.Pool.Available); // one is owed to the ring, which waits for a batch
        }
    }

    /// <summary>A chip that lets long frames in is nobody's enemy: the link carries them for others.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_frame_in_several_descriptors_is_dropped_and_counted_and_nothing_else(int descriptors)
    {
        foreach (bool is82574 in new[] { false, true })
        {
            E1000Bench bench = new(is82574);
            int available = bench.Pool.Available;
            for (int round = 1; round <= 100; round++)
            {
                for (int i = 1; i < descriptors; i++)
                    Assert.True(bench.Chip.Arrive(Frames.Make(2048), 0x61));
                Assert.True(bench.Chip.Arrive(Frames.Make(5)));
                Assert.True(bench.Chip.Arrive(Frames.Make(80, round)));

                Assert.Equal(Frames.Make(80, round), Assert.Single(bench.Device.Drain()));
                Assert.Equal(round, bench.Counters[PathEvent.Overrun]);
            }

            Assert.Equal((0, 0), (bench.Counters[PathEvent.Violation], bench.Counters[PathEvent.Reset]));
            Assert.InRange(bench.Pool.Available, available, available + 31);
        }
    }

    [Fact]
    public void A_chain_that_no_card_could_send_is_dropped_and_counted()
    {
        E1000Bench bench = new();
        int available = bench.Pool.Available;
        PacketBuffer long1 = Frames.Fill(bench.Pool, Frames.Make(1400));
        long1.Next = Frames.Fill(bench.Pool, Frames.Make(200));
        PacketBuffer many = Frames.Fill(bench.Pool, Frames.Make(20));
        PacketBuffer last = many;
        for (int i = 0; i < 30; i++)
        {
            last.Next = Frames.Fill(bench.Pool, Frames.Make(20));
            last = last.Next;
        }

        Assert.Equal(2, bench.Device.Transmit([long1, many], more: false));

        Assert.Equal((2, 0), (bench.Counters[PathEvent.Overrun], bench.Counters[PathEvent.Sent]));
        Assert.Equal(available, bench.Pool.Available);
    }

    [Fact]
    public void A_chip_that_misbehaves_again_and_again_waits_ever_longer()
    {
        E1000Bench bench = new();
        for (int i = 0; i < 20; i++)
        {
            while (!bench.Device.LinkUp)
                bench.After(Duration.FromMilliseconds(10));
            bench.Chip.Arrive(Frames.Make(60), 0x63, 0, 0);
            bench.Device.Drain();
        }

        Assert.Equal(20, bench.Counters[PathEvent.Violation]);
        Assert.InRange(bench.Platform.Now.Nanoseconds, 10_000_000_000, 30_000_000_000);
    }

    [Fact]
    public void A_chip_that_does_not_come_back_is_tried_each_second_for_ever()
    {
        E1000Bench bench = new();
        bench.Chip.NeverResets = true;
        bench.Chip.Arrive(Frames.Make(60), 0x63, 0, 0);
        bench.Platform.TimeStep = Duration.FromMilliseconds(1);
        for (int i = 0; i < 5; i++)
            bench.After(Duration.FromSeconds(2));
        Assert.InRange(bench.Counters[PathEvent.Reset], 4, 6);
        Assert.True(bench.Device.Arm());
        Assert.Equal(0, bench.Device.Send(bench.Pool, Frames.Make(60)));

        bench.Chip.NeverResets = false;
        bench.After(Duration.FromSeconds(2));

        Assert.True(bench.Device.LinkUp);
    }

    [Fact]
    public void A_storm_of_interrupts_is_masked_polled_by_time_and_over_after_a_second()
    {
        E1000Bench bench = new();
        for (int i = 0; i < Nic.StormThreshold; i++)
        {
            bench.Chip.Cause(1 << 7);
            Assert.True(bench.Device.OnInterrupt());
            bench.Device.Drain();
        }

        Assert.False(bench.Chip.Line);
        Assert.Equal(0u, bench.Chip[0xd0]);
        Assert.Equal(1, bench.Counters[PathEvent.Violation]);
        Assert.Equal(10, (bench.Device.Deadline - bench.Platform.Now).Milliseconds);
        bench.Chip.Arrive(Frames.Make(60, 1));
        Assert.Single(bench.After(Duration.FromMilliseconds(10)));

        bench.After(Duration.FromSeconds(1));
        bench.Chip.Arrive(Frames.Make(60, 2));
        Assert.True(bench.Chip.Line);
        Assert.True(bench.Device.OnInterrupt());
        Assert.Single(bench.Device.Drain());
    }

    private static void TakeBackReport(E1000Bench bench, int index) => bench.Descriptor(0x3800, index)[12] = 0;
}
