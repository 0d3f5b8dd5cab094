using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Storage.Tests;

public class CompletedRequestsTests
{
    [Fact]
    public void Requests_come_out_in_the_order_in_which_they_went_in_however_many_there_are()
    {
        Random random = new(8);
        CompletedRequests completed = new();
        Queue<BlockRequest> expected = new();
        BlockRequest[] taken = new BlockRequest[100];
        for (int i = 0; i < 2_000; i++)
        {
            BlockRequest[] burst = [.. Enumerable.Range(0, random.Next(40)).Select(_ => new BlockRequest())];
            completed.Add(burst);
            foreach (BlockRequest request in burst)
                expected.Enqueue(request);

            int count = completed.Take(taken.AsSpan(0, random.Next(40)));
            Assert.True(taken.Take(count).All(request => request == expected.Dequeue()));
            Assert.Equal(expected.Count, completed.Count);
        }
    }
}
