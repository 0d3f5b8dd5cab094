using System;
using System.IO;
using Guest.Core.Time;

namespace Guest.Storage.Tests;

/// <summary>A file past Linux's page cache, as the queue above sees it.</summary>
public sealed unsafe class DirectDiskTests : IDisposable
{
    private const int Block = 4096;
    private const int Blocks = 64;

    // Beside the test's own program: /tmp may be a file system in memory, which refuses.
    private readonly string _path = Path.Combine(AppContext.BaseDirectory, $"direct-{Guid.NewGuid():n}.img");
    private readonly byte[] _content = new byte[Blocks * Block];

    public DirectDiskTests()
    {
        new Random(1).NextBytes(_content);
        File.WriteAllBytes(_path, _content);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Thirty_two_reads_at_once_bring_what_the_file_holds()
    {
        DirectDisk disk = Open();
        BlockRequest[] requests = new BlockRequest[32];
        for (int i = 0; i < requests.Length; i++)
            requests[i] = Request(BlockOperation.Read, i * 2);

        Assert.Equal(32, disk.Submit(requests, more: false));
        Assert.Equal(0, disk.Submit([Request(BlockOperation.Read, 0)], more: false));
        int done = CompleteAll(disk, requests.Length);

        Assert.Equal(32, done);
        foreach (BlockRequest request in requests)
        {
            Assert.Equal(BlockStatus.Ok, request.Status);
            Assert.True(request.Segments[0].Bytes.SequenceEqual(_content.AsSpan((int)request.Offset, Block)));
        }
    }

    [Fact]
    public void What_is_written_and_flushed_is_in_the_file()
    {
        DirectDisk disk = Open();
        BlockRequest write = Request(BlockOperation.Write, 3);
        write.Segments[0].Bytes.Fill(0x5a);

        Assert.Equal(1, disk.Submit([write], more: false));
        Assert.Equal(1, CompleteAll(disk, 1));
        BlockRequest flush = new() { Operation = BlockOperation.Flush };
        Assert.Equal(1, disk.Submit([flush], more: false));
        Assert.Equal(1, CompleteAll(disk, 1));

        Assert.Equal((BlockStatus.Ok, BlockStatus.Ok), (write.Status, flush.Status));
        Assert.Equal(0x5a, File.ReadAllBytes(_path)[3 * Block]);
    }

    [Fact]
    public void A_read_of_what_the_file_no_longer_has_fails_alone()
    {
        DirectDisk disk = Open();
        using (FileStream file = File.OpenWrite(_path))
            file.SetLength(8 * Block);
        BlockRequest[] requests = [Request(BlockOperation.Read, 7), Request(BlockOperation.Read, 8)];

        Assert.Equal(2, disk.Submit(requests, more: false));
        Assert.Equal(2, CompleteAll(disk, 2));

        Assert.Equal((BlockStatus.Ok, BlockStatus.DeviceError), (requests[0].Status, requests[1].Status));
    }

    [Fact]
    public void Memory_that_the_kernel_refuses_fails_its_request_alone()
    {
        DirectDisk disk = Open();
        BlockRequest crooked = new() { Operation = BlockOperation.Read };
        crooked.SetMemory(Disk.AllocateBuffer(2 * Block).Memory + 1, Block);
        BlockRequest[] requests = [Request(BlockOperation.Read, 1), crooked, Request(BlockOperation.Read, 2)];

        Assert.Equal(3, disk.Submit(requests, more: false));
        Assert.Equal(3, CompleteAll(disk, 3));

        Assert.Equal(
            (BlockStatus.Ok, BlockStatus.DeviceError, BlockStatus.Ok), (requests[0].Status, requests[1].Status, requests[2].Status));
    }

    [Fact]
    public void What_cannot_be_opened_past_the_cache_says_why()
    {
        Assert.Null(DirectDisk.TryOpen("/proc/version", out string? problem));
        Assert.StartsWith("/proc/version cannot be opened past the page cache: ", problem, StringComparison.Ordinal);
    }

    private static BlockRequest Request(BlockOperation operation, int block)
    {
        BlockRequest request = new() { Operation = operation, Offset = (long)block * Block };
        request.SetMemory(Disk.AllocateBuffer(Block).Memory, Block);
        return request;
    }

    private static int CompleteAll(DirectDisk disk, int expected)
    {
        BlockRequest[] done = new BlockRequest[64];
        int count = 0;
        for (int waits = 0; waits < 1_000 && count < expected; waits++)
        {
            disk.Wait(Instant.Zero, Instant.Never);
            count += disk.Complete(done.AsSpan(count));
        }
        return count;
    }

    private DirectDisk Open() => DirectDisk.TryOpen(_path, out string? problem) ?? throw new InvalidOperationException(problem);
}
