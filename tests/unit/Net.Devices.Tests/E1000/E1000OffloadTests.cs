using System;
using System.Linq;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices.Tests.E1000;

/// <summary>What the chip does for the stack: checksums, and frames in several pieces.</summary>
public class E1000OffloadTests
{
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
    [InlineData(4)]
    [InlineData(6)]
    public void A_packet_is_cut_by_the_chip_into_segments_that_are_right(int version)
    {
        E1000Bench bench = new();
        byte[] payload = Frames.Make(5000, 3);
        byte[] whole = TcpFrames.Make(version, payload);
        int headers = whole.Length - payload.Length;
        PacketBuffer data = bench.Pool.TryTake()!;
        PacketBuffer more = bench.Pool.TryTake()!;
        (data.Offset, data.Length, more.Offset, more.Length) = (0, 4000, 0, 1000);
        payload[..4000].CopyTo(data.Data);
        payload[4000..].CopyTo(more.Data);
        PacketBuffer head = Frames.Fill(bench.Pool, whole[..headers]);
        head.ChecksumStart = (ushort)(headers - 20);
        head.ChecksumOffset = 16;
        head.RequestSegments(1200, headers);
        head.Next = bench.Pool.TryShare(data, 0, 4000);
        head.Next!.Next = bench.Pool.TryShare(more, 0, 1000);

        bench.Device.Transmit([head], more: false);

        Assert.Equal(5, bench.Chip.Sent.Count);
        Assert.All(bench.Chip.Sent, segment => TcpFrames.AssertRight(segment, version));
        Assert.Equal(payload, bench.Chip.Sent.SelectMany(segment => segment[headers..]));
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
}
