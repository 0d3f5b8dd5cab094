using System;
using System.Linq;
using Guest.Core.Diagnostics;

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
    [InlineData(0x2000_0000u, 64)] // not the last segment: no frame is longer than a buffer
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
    public void Frames_with_more_to_come_wait_for_the_last()
    {
        Rtl8139Bench bench = new(cPlus: true);

        bench.Device.Send(bench.Pool, more: true, Frames.Make(60, 1), Frames.Make(60, 2));
        Assert.Empty(bench.Chip.Accesses);
        bench.Device.Transmit([], more: false);

        Assert.Equal(2, bench.Chip.Sent.Count);
        Assert.Equal(["Wd9"], bench.Chip.Accesses);
    }
}
