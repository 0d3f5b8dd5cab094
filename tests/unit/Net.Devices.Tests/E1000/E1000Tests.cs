using System;
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
    public void A_long_echo_returns_every_buffer()
    {
        E1000Bench bench = new();
        int available = bench.Pool.Available;
        for (int i = 0; i < 5000; i++)
            bench.Echo(1 + (i % 16));

        Assert.InRange(bench.Pool.Available, available, available + 31); // up to a refill batch is not lent yet
        Assert.Equal(bench.Counters[PathEvent.Received], bench.Counters[PathEvent.Sent]);
    }
}
