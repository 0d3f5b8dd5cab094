using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Time;

namespace Guest.Storage.Tests;

public class BlockRequestRingTests
{
    [Fact]
    public void Requests_come_out_in_the_order_in_which_they_went_in_however_many_there_are()
    {
        Random random = new(8);
        BlockRequestRing ring = new();
        Queue<BlockRequest> expected = new();
        BlockRequest[] taken = new BlockRequest[100];
        for (int i = 0; i < 2_000; i++)
        {
            for (int added = random.Next(20); added > 0; added--)
            {
                BlockRequest request = new();
                ring.Add(request);
                expected.Enqueue(request);
            }

            int count = ring.Take(taken.AsSpan(0, random.Next(20)));
            Assert.True(taken.Take(count).All(request => request == expected.Dequeue()));
            Assert.Equal(expected.Count, ring.Count);
        }
    }

    [Fact]
    public void Of_requests_in_flight_the_one_with_the_earliest_deadline_is_found_whatever_went_before()
    {
        Random random = new(9);
        BlockFlight flight = new();
        List<BlockRequest> expected = [];
        for (int i = 0; i < 5_000; i++)
        {
            if (expected.Count == 0 || (expected.Count < 150 && random.Next(2) == 0))
            {
                BlockRequest request = new() { Deadline = new Instant(random.Next()) };
                flight.Add([request]);
                expected.Add(request);
            }
            else
            {
                BlockRequest request = expected[random.Next(expected.Count)];
                flight.Remove(request);
                expected.Remove(request);
            }

            Assert.Equal(expected.Count, flight.Count);
            if (expected.Count != 0)
                Assert.Equal(expected.Min(request => request.Deadline.Nanoseconds), flight.FindEarliest().Deadline.Nanoseconds);
        }
    }
}
