using System;
using System.Globalization;
using Guest.Core.Time;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>Transfers that take a while even where time is the simulation's: their length is the environment's to say.</summary>
public sealed class LongTransferTests
{
    private const string LengthVariable = "GUEST_TRANSFER_BYTES";
    private const long UsualLength = 100_000_000;

    private static readonly Duration s_limit = Duration.FromSeconds(1_000_000);

    [Fact]
    public void A_hundred_million_bytes_get_through_where_one_frame_in_twenty_is_lost()
    {
        long length = long.TryParse(Environment.GetEnvironmentVariable(LengthVariable), CultureInfo.InvariantCulture, out long asked) ? asked : UsualLength;
        SimulatedLink link = new(1, new LinkQuality { Loss = 5, Reordering = 1, Duplication = 0.1, Delay = Duration.FromMilliseconds(2) });

        // Both hashes are compared, and all buffers are back.
        Transfer.Run(link, length, length / 100, 1, s_limit);

        Assert.InRange(link.Lost * 100.0 / link.Frames, 4.5, 5.5);
        Assert.InRange(link.A.Stack.TcpCounters.Retransmissions, 1, link.Frames / 5);
    }
}
