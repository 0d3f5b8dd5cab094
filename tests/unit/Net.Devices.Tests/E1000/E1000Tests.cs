using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.E1000;

public class E1000Tests
{
    public static TheoryData<bool, bool> Chips => new() { { false, false }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Chips))]
    public void A_frame_goes_out_as_it_is(bool is82574, bool messages)
    {
        E1000Bench bench = new(is82574, messages: messages);
        byte[] frame = Frames.Make(106);

        Assert.Equal(1, bench.Device.Send(bench.Pool, frame));

        Assert.Equal(frame, Assert.Single(bench.Chip.Sent));
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void Frames_come_in_as_they_are_and_in_order(bool is82574, bool messages)
    {
        E1000Bench bench = new(is82574, messages: messages);
        byte[][] frames = [Frames.Make(60, 1), Frames.Make(1514, 2), Frames.Make(61, 3)];

        foreach (byte[] frame in frames)
            Assert.True(bench.Chip.Arrive(frame));

        Assert.Equal(frames, bench.Device.Drain());
    }

    [Fact]
    public void Arrivals_lie_behind_the_headroom()
    {
        E1000Bench bench = new();
        PacketBuffer[] burst = new PacketBuffer[1];
        bench.Chip.Arrive(Frames.Make(60));

        bench.Device.Receive(burst);

        Assert.Equal(PacketBuffer.Headroom, burst[0].Offset);
    }

    [Fact]
    public void The_address_comes_from_the_EEPROM()
    {
        foreach (bool is82574 in new[] { false, true })
            Assert.Equal(new MacAddress(0x5254_0012_3456), new E1000Bench(is82574).Device.Address);
    }

    [Fact]
    public void Without_an_EEPROM_the_address_is_what_firmware_put_into_the_chip()
    {
        E1000Bench bench = new(start: false);
        bench.Chip.HasEeprom = false;
        bench.Platform.TimeStep = Duration.FromMilliseconds(1);

        Assert.True(bench.Device.Begin());

        Assert.Equal(new MacAddress(0x5254_0012_3456), bench.Device.Address);
    }

    [Fact]
    public void A_chip_with_no_address_anywhere_is_refused()
    {
        E1000Bench bench = new(start: false);
        bench.Chip.Eeprom = new byte[6];

        Assert.False(bench.Device.Begin());
    }

    [Fact]
    public void A_chip_that_stays_in_reset_is_refused_in_bounded_time()
    {
        E1000Bench bench = new(start: false);
        bench.Chip.NeverResets = true;
        bench.Platform.TimeStep = Duration.FromMilliseconds(1);

        Assert.False(bench.Device.Begin());

        Assert.InRange((bench.Platform.Now - Instant.Zero).Milliseconds, 1, 100);
    }

    [Fact]
    public void A_burst_asks_for_one_report_and_rings_once()
    {
        E1000Bench bench = new();

        bench.Device.Send(bench.Pool, [.. Enumerable.Range(0, 16).Select(i => Frames.Make(100, i))]);

        Assert.Equal(16, bench.Chip.Sent.Count);
        Assert.Equal(1, bench.Chip.Reports);
        Assert.Equal(["W3818"], bench.Chip.Accesses);
    }

    [Fact]
    public void Frames_with_more_to_come_wait_for_the_last()
    {
        E1000Bench bench = new();

        bench.Device.Send(bench.Pool, more: true, Frames.Make(100, 1));
        Assert.Empty(bench.Chip.Sent);

        bench.Device.Transmit([], more: false);
        Assert.Single(bench.Chip.Sent);
        Assert.Equal(["W3818"], bench.Chip.Accesses);
    }

    [Theory]
    [InlineData(false, false, 2)] // ICR, TDT
    [InlineData(true, false, 2)]
    [InlineData(true, true, 1)]   // TDT: the cause cleared itself
    public void A_wake_up_costs_an_ICR_read_and_a_TDT_write(bool is82574, bool messages, int accesses)
    {
        foreach (int burst in new[] { 1, 12 }) // twice: fewer than the 32 that share a write of RDT
        {
            E1000Bench bench = new(is82574, messages: messages);
            bench.Echo(burst); // the interrupt throttle is set for the load
            bench.Chip.Accesses.Clear();

            bench.Echo(burst);

            Assert.Equal(accesses, bench.Chip.Accesses.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void Interrupts_that_find_several_frames_are_throttled_and_those_that_find_one_are_not(bool is82574, bool messages)
    {
        E1000Bench bench = new(is82574, messages: messages);
        int throttle = messages ? 0xe8 : 0xc4;
        Assert.Equal(0u, bench.Chip[throttle]);

        bench.Echo(1);
        Assert.Equal(0u, bench.Chip[throttle]);
        bench.Echo(2);
        Assert.Equal(195u, bench.Chip[throttle]);

        for (int i = 0; i < 15; i++)
            bench.Echo(1);
        bench.Echo(2);
        for (int i = 0; i < 15; i++)
            bench.Echo(1);
        Assert.Equal(195u, bench.Chip[throttle]);
        bench.Echo(1);
        Assert.Equal(0u, bench.Chip[throttle]);
        Assert.Equal(2, bench.Chip.Count($"W{throttle:x4}"));
    }

    [Fact]
    public void The_buffers_of_an_echo_never_see_the_pool()
    {
        E1000Bench bench = new();
        while (bench.Pool.TryTake() is not null)
        {
        }

        for (int i = 0; i < 1000; i++)
            bench.Echo(1 + (i % 16));

        Assert.Equal(0, bench.Pool.Available);
    }

    [Fact]
    public void Thirty_two_arrivals_share_one_write_of_RDT()
    {
        E1000Bench bench = new();

        for (int i = 0; i < 320; i++)
            bench.Echo(1);

        Assert.Equal(10, bench.Chip.Count("W2818"));
        Assert.Equal(320, bench.Chip.Count("W3818"));
    }

    [Fact]
    public void A_checksum_is_completed_by_the_chip_and_its_context_is_sent_once()
    {
        E1000Bench bench = new();
        for (int i = 0; i < 3; i++)
        {
            PacketBuffer buffer = Frames.Fill(bench.Pool, new byte[60]);
            buffer.Data[59] = 1;
            buffer.ChecksumStart = 34;
            buffer.ChecksumOffset = 6;
            bench.Device.Transmit([buffer], more: false);
        }

        Assert.All(bench.Chip.Sent, frame => Assert.Equal([0xff, 0xfe], frame[40..42]));
        Assert.Equal(3, bench.Chip.Sent.Count);
        Assert.Equal(4 + 127, bench.Counters[PathEvent.Descriptor]); // one context, three frames, the receive ring
    }

    [Fact]
    public void A_chain_goes_out_as_one_frame_and_comes_back_whole()
    {
        E1000Bench bench = new();
        PacketBuffer head = Frames.Fill(bench.Pool, Frames.Make(54, 1));
        head.Next = Frames.Fill(bench.Pool, Frames.Make(1000, 2));
        int available = bench.Pool.Available;

        bench.Device.Transmit([head], more: false);
        bench.Device.Drain();

        Assert.Equal([.. Frames.Make(54, 1), .. Frames.Make(1000, 2)], Assert.Single(bench.Chip.Sent));
        Assert.Equal(available + 2, bench.Pool.Available);
    }

    [Theory]
    [InlineData(0x63, 0x00, true)]  // TCPCS and IPCS
    [InlineData(0x67, 0x00, false)] // IXSM: ignore
    [InlineData(0x03, 0x00, false)] // nothing said
    [InlineData(0x63, 0x20, false)] // TCPE
    public void A_checksum_is_verified_only_where_the_chip_says_so(byte status, byte errors, bool verified)
    {
        foreach (bool is82574 in new[] { false, true })
        {
            E1000Bench bench = new(is82574);
            PacketBuffer[] burst = new PacketBuffer[1];
            bench.Chip.Arrive(Frames.Make(60), status, errors);

            Assert.Equal(1, bench.Device.Receive(burst));

            Assert.Equal(verified, burst[0].ChecksumVerified);
        }
    }

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
        Descriptor(bench, 0x2800, 127)[12] = 0x63;
        for (int i = 1; i < 127; i++)
            Descriptor(bench, 0x2800, i)[12] = 0x63;
        for (int i = 1; i <= 127; i++)
            Descriptor(bench, 0x2800, i)[8] = 60;

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
    public void An_interrupt_of_somebody_else_is_not_ours()
    {
        Assert.False(new E1000Bench().Device.OnInterrupt());
    }

    [Fact]
    public void With_messages_an_arrival_sends_one_and_clears_its_cause()
    {
        E1000Bench bench = new(is82574: true, messages: true);

        bench.Chip.Arrive(Frames.Make(60));
        bench.Chip.Arrive(Frames.Make(60));

        Assert.Equal(2, bench.Chip.Messages[0]);
        Assert.Equal(0u, bench.Chip[0xc0] & (1 << 20));
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

    [Fact]
    public void A_long_echo_returns_every_buffer()
    {
        E1000Bench bench = new();
        int available = bench.Pool.Available;
        for (int i = 0; i < 5000; i++)
            bench.Echo(1 + (i % 16));

        Assert.InRange(bench.Pool.Available, available, available + 31); // up to a refill batch is not lent yet
        Assert.Equal(bench.Counters[PathEvent.Received], bench.Counters[PathEvent.Sent]);
    }

    private static Span<byte> Descriptor(E1000Bench bench, int ring, int index) =>
        Frames.Memory(bench.Chip[ring] + ((ulong)bench.Chip[ring + 4] << 32) + (16ul * (uint)index), 16);

    private static void TakeBackReport(E1000Bench bench, int index) => Descriptor(bench, 0x3800, index)[12] = 0;

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
