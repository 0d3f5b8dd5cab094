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
    [InlineData(0x0800, 17, 2)]
    [InlineData(0x0800, 6, 1)]
    [InlineData(0x86dd, 17, 0)] // IPv6, which the chip does not know
    public void A_checksum_is_left_to_the_chip_where_it_can(int etherType, byte protocol, int command)
    {
        Rtl8139Bench bench = new(cPlus: true);
        PacketBuffer frame = Frames.Fill(bench.Pool, new byte[60]);
        frame.Data[12] = (byte)(etherType >> 8);
        frame.Data[13] = (byte)etherType;
        frame.Data[23] = protocol;
        frame.Data[59] = 1;
        frame.ChecksumStart = 34;
        frame.ChecksumOffset = 6;

        bench.Device.Transmit([frame], more: false);

        Assert.Equal((uint)command << 16, Assert.Single(bench.Chip.ChecksumCommands));
        Assert.Equal(command == 0 ? [0xff, 0xfe] : new byte[2], bench.Chip.Sent[0][40..42]);
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
