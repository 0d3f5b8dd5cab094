using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>TCP that the device cuts into segments, and segments that it merged (virtio 1.2, 5.1.6.2 and 5.1.6.4).</summary>
public class VirtioNetSegmentTests : VirtioNetBench
{
    private const byte TcpV4 = 1;
    private const byte TcpV6 = 4;
    private const byte Udp = 3;
    private const byte Ecn = 0x80;

    [Theory]
    [InlineData(All, NetworkOffloads.None)]
    [InlineData(All | HostTso4, NetworkOffloads.SegmentationTcp4)]
    [InlineData((All & ~Checksum) | HostTso4 | HostTso6, NetworkOffloads.None)]
    [InlineData(All | GuestTso4, NetworkOffloads.ReceiveSegments)]
    [InlineData((All & ~GuestChecksum) | GuestTso4, NetworkOffloads.None)]
    [InlineData((All & ~MergedReceive) | GuestTso4, NetworkOffloads.None)]
    public void Segments_are_only_agreed_on_with_what_they_need(ulong features, NetworkOffloads expected)
    {
        var (card, _) = Make(features);
        const NetworkOffloads Segments =
            NetworkOffloads.SegmentationTcp4 | NetworkOffloads.SegmentationTcp6 | NetworkOffloads.ReceiveSegments;
        Assert.Equal(expected, card.Offloads & Segments);
    }

    [Theory]
    [InlineData(0x45, TcpV4)]
    [InlineData(0x60, TcpV6)]
    public void A_packet_to_cut_is_described_in_the_header_and_leaves_as_it_is(byte version, byte type)
    {
        var (card, model) = Make(All | HostTso4 | HostTso6);
        PacketBuffer data = Buffer(Frame(3000), offset: 0);
        byte[] headers = Frame(54);
        headers[14] = version;
        PacketBuffer head = Buffer(headers);
        head.ChecksumStart = 34;
        head.ChecksumOffset = 16;
        head.RequestSegments(1448, 54);
        head.Next = Pool.TryShare(data, 100, 2000);
        head.Next!.Next = Pool.TryShare(data, 2100, 900);

        Assert.Equal(1, card.Transmit([head], more: false));

        byte[] sent = model.Device.Ring(Tx).Pop()!.Read();
        Assert.Equal([1, type, 54, 0, 0xa8, 0x05, 34, 0, 16, 0, 0, 0], sent[..Header]);
        Assert.Equal([.. headers, .. Frame(3000)[100..]], sent[Header..]);
        Assert.Equal(0, Counters[PathEvent.CopiedBytes]);
    }

    [Fact]
    public void Parts_come_back_when_the_packet_was_sent_and_their_page_stays()
    {
        var (card, model) = Make(All | HostTso4);
        card.Receive(Burst);
        PacketBuffer data = Buffer(Frame(100), offset: 0);
        int available = Pool.Available;
        PacketBuffer head = Buffer(Frame(54));
        head.Next = Pool.TryShare(data, 0, 100);
        card.Transmit([head], more: false);
        ModelRing ring = model.Device.Ring(Tx);
        ring.Fill(ring.Pop()!, 0);
        ring.Flush();

        card.Receive(Burst);

        Assert.Equal(available, Pool.Available);
        data.ReleaseShared();
        Assert.Equal(available + 1, Pool.Available);
    }

    [Theory]
    [InlineData(TcpV4, true)]
    [InlineData(TcpV4 | Ecn, true)]
    [InlineData(TcpV6, false)]
    [InlineData(Udp, false)]
    public void Merged_segments_of_the_kind_that_was_agreed_on_are_taken(byte type, bool taken)
    {
        var (card, model) = Make(All | GuestTso4);
        Deliver(model, Frame(20_000), flags: 1, type);
        if (!taken)
        {
            Assert.Equal(0, card.Receive(Burst));
            Assert.Equal(1, Counters[PathEvent.Violation]);
            return;
        }

        PacketBuffer frame = ReceiveOne(card);
        Assert.True(frame.ChecksumVerified);
        byte[] bytes = [];
        for (PacketBuffer? piece = frame; piece is not null; piece = piece.Next)
            bytes = [.. bytes, .. piece.Data];
        Assert.Equal(Frame(20_000), bytes);
    }
}
