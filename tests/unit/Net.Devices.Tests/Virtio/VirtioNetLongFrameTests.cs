using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>Jumbo frames, over the pages that they take.</summary>
public class VirtioNetLongFrameTests : VirtioNetBench
{
    [Theory]
    [InlineData(All, 20, 1500)]
    [InlineData(All, 9000, 9000)]
    [InlineData(All, 65535, 64462)]                  // two such arrivals are as much as the ring's 32 buffers hold
    [InlineData(All & ~MergedReceive, 4012, 4012)]
    [InlineData(All & ~MergedReceive, 9000, 9000)]
    [InlineData(All & ~MergedReceive, 65535, 65452)] // two requests of 16 pages: a third more than half of the pool
    public void An_mtu_is_used_as_far_as_it_can_be(ulong features, ushort offered, int used)
    {
        var (card, _) = Make(features, configuration: Configuration(mtu: offered));

        Assert.Equal(used, card.Mtu);
    }

    /// <summary>Without merged buffers a request has as many pages as the longest frame needs; a shorter one gives back what it does not.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(4030)] // the first page
    [InlineData(4031)]
    [InlineData(8126)]
    [InlineData(8127)]
    [InlineData(9014)]
    [InlineData(9018)] // with a tag
    public void A_long_frame_arrives_in_the_pages_of_one_request(int length)
    {
        var (card, model) = Make(All & ~MergedReceive, configuration: Configuration(mtu: 9000));
        Assert.Equal(96 - 30, Pool.Available); // ten requests
        for (int round = 0; round < 100; round++)
        {
            Assert.True(card.Arm());
            Assert.True(Deliver(model, Frame(length)));

            PacketBuffer buffer = ReceiveOne(card);
            List<byte> all = [];
            int pages = 0;
            for (PacketBuffer? part = buffer; part is not null; part = part.Next, pages++)
                all.AddRange(part.Data);
            Assert.Equal(Frame(length), all);
            Assert.Equal(length <= 4030 ? 1 : length <= 8126 ? 2 : 3, pages);
            Assert.Equal(PacketBuffer.Headroom, buffer.Offset);
            buffer.Release();
        }

        Assert.InRange(Pool.Available, 96 - 30, 96 - 30 + 6);
        Assert.Equal(0, Counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_long_frame_of_which_the_device_wrote_too_much_resets_it_and_no_page_is_lost()
    {
        var (card, model) = Make(All & ~MergedReceive, configuration: Configuration(mtu: 9000));
        ModelRing ring = model.Device.Ring(Rx);
        ring.Use(ring.Pop()!, 12 + 4030 + 8192 + 1);

        Assert.Equal(0, card.Receive(Burst));

        Assert.Equal((1, 1), (Counters[PathEvent.Violation], Counters[PathEvent.Reset]));
        Assert.Equal(96 - 30, Pool.Available);
        Deliver(model, Frame(9000));
        Assert.Equal(1, card.Receive(Burst));
    }

    [Theory]
    [InlineData(All)]
    [InlineData(All & ~MergedReceive)]
    public void A_long_frame_is_sent_in_its_pages(ulong features)
    {
        var (card, model) = Make(features, configuration: Configuration(mtu: 9000));
        int available = Pool.Available;
        PacketBuffer head = Buffer(Frame(4030));
        head.Next = Buffer(Frame(4030));
        head.Next.Next = Buffer(Frame(954));

        Assert.Equal(1, card.Transmit([head], more: false));

        ModelRing ring = model.Device.Ring(Tx);
        ModelChain chain = ring.Pop()!;
        Assert.Equal([.. new byte[Header], .. Frame(4030), .. Frame(4030), .. Frame(954)], chain.Read());
        ring.Use(chain, 0);
        card.Receive(Burst);
        Assert.InRange(Pool.Available, available - 16, available);
    }

    /// <summary>A ring too short for frames of such length: the MTU is what it can carry.</summary>
    [Theory]
    [InlineData(All, 8, 16102)]
    [InlineData(All, 1, 4012)]
    [InlineData(All & ~MergedReceive, 8, 16300)]
    [InlineData(All & ~MergedReceive, 1, 4012)]
    public void A_short_ring_lowers_the_mtu(ulong features, int ringSize, int used)
    {
        var (card, _) = Make(features, ringSize, Configuration(mtu: 60000));

        Assert.Equal(used, card.Mtu);
    }
}
