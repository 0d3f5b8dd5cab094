using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;

namespace Guest.Storage.Tests;

public class BlockFlightTests
{
    /// <summary>A device that has completed nothing yet.</summary>
    private static readonly BlockProgress s_none = new(Instant.Zero, completed: 0, depth: 1000);

    [Fact]
    public void Of_requests_that_are_late_the_one_that_was_seen_first_is_found_whatever_went_before()
    {
        Random random = new(9);
        BlockRequest[] all = [.. Enumerable.Range(0, 150).Select(_ => new BlockRequest())];
        BlockFlight[] flights = [new(), new()];
        Dictionary<BlockRequest, long> seen = [];
        for (int now = 1; now < 5_000; now++)
        {
            BlockRequest request = all[random.Next(all.Length)];
            if (seen.Remove(request))
            {
                request.Status = BlockStatus.Ok;
            }
            else
            {
                request.Status = BlockStatus.Pending;
                request.Since = BlockRequest.NotSeenYet;
                flights[random.Next(2)].Enter(request);
                seen.Add(request, now);
            }

            foreach (BlockFlight flight in flights)
            {
                BlockRequest? expected = seen.Keys.Where(request => request.Flight == flight && seen[request] + 100 <= now).MinBy(request => seen[request]);
                Assert.Same(expected, flight.FindLate(new Instant(now), new Duration(100), s_none));
            }
        }
    }

    [Fact]
    public void A_request_that_waits_is_not_late()
    {
        BlockFlight flight = new();
        flight.Enter(new BlockRequest { Status = BlockStatus.Pending, Since = Instant.Never });

        Assert.Null(flight.FindLate(new Instant(1), Duration.Zero, s_none));
        Assert.Null(flight.FindLate(new Instant(2), Duration.Zero, s_none));
    }
}
