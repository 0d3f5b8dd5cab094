using System;
using Guest.Core.Memory;

namespace Guest.Storage.Tests;

/// <summary>What nobody may ask of a disk of 512-byte sectors, and what the answer is.</summary>
public static unsafe class BadRequests
{
    /// <summary>Asks all of it.</summary>
    /// <param name="run">Submits a request, and says how it ended.</param>
    /// <param name="capacity">The disk's size in bytes.</param>
    public static void AssertRefused(Func<BlockRequest, BlockStatus> run, long capacity)
    {
        foreach (BlockOperation operation in new[] { BlockOperation.Read, BlockOperation.Write })
        {
            Assert.Equal(BlockStatus.OutOfRange, run(Client.Request(operation, capacity, 512)));
            Assert.Equal(BlockStatus.OutOfRange, run(Client.Request(operation, capacity - 512, 1024)));
            Assert.Equal(BlockStatus.OutOfRange, run(Client.Request(operation, -512, 512)));
            Assert.Equal(BlockStatus.OutOfRange, run(Client.Request(operation, long.MaxValue - 511, 512)));
            Assert.Equal(BlockStatus.OutOfRange, run(Client.RangeRequest(operation, 0, 0)));
            Assert.Equal(BlockStatus.Unaligned, run(Client.Request(operation, 100, 512)));
            Assert.Equal(BlockStatus.Unaligned, run(Client.Request(operation, 512, 100)));

            // A length that the memory does not have.
            BlockRequest longer = Client.Request(operation, 0, 512);
            longer.Length = 1024;
            Assert.Equal(BlockStatus.Unaligned, run(longer));
        }
    }
}
