using Guest.Core.Time;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>Our stack against itself on links of all sorts: what is sent is what is received.</summary>
public sealed class TransferTests
{
    private static readonly Duration s_limit = Duration.FromSeconds(3600);

    [Fact]
    public void A_good_link_carries_everything_without_sending_anything_twice()
    {
        SimulatedLink link = new(1, new LinkQuality());

        Transfer.Run(link, 2_000_000, 500_000, 1, s_limit);

        Assert.Equal(0, link.A.Stack.TcpCounters.Retransmissions + link.B.Stack.TcpCounters.Retransmissions);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, false)]
    [InlineData(5, 0, 0, 0, false)]
    [InlineData(0, 5, 0, 0, false)]
    [InlineData(0, 0, 20, 0, false)]
    [InlineData(0, 0, 0, 3, false)]
    [InlineData(3, 3, 10, 2, false)]
    [InlineData(15, 5, 20, 5, false)]
    [InlineData(0, 0, 0, 0, true)]
    [InlineData(3, 3, 10, 2, true)]
    public void Bad_links_carry_everything(double loss, double duplication, double reordering, double corruption, bool ipv6)
    {
        LinkQuality quality = new() { Loss = loss, Duplication = duplication, Reordering = reordering, Corruption = corruption };
        for (int seed = 0; seed < 40; seed++)
            Transfer.Run(new SimulatedLink(seed, quality, ipv6), 60_000, 20_000, seed, s_limit);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 10)]
    [InlineData(20, 20)]
    public void A_device_that_cuts_packets_carries_the_same(double loss, double reordering)
    {
        LinkQuality quality = new() { Loss = loss, Reordering = reordering, Corruption = loss / 10 };
        int cut = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            SimulatedLink link = new(seed, quality);
            foreach (LinkedHost host in (LinkedHost[])[link.A, link.B])
            {
                host.Device.DoesAsAsked = true;
                host.Device.Offloads = NetworkOffloads.TransmitChecksum | NetworkOffloads.SegmentationTcp4;
                host.Interface.OnLinkChange(link.Now);
            }

            Transfer.Run(link, 400_000, 50_000, seed, s_limit);
            cut += link.A.Device.Cut;
        }

        Assert.InRange(cut, 20, int.MaxValue);
    }
}
