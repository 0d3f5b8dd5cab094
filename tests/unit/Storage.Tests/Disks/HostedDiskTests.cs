using System;
using System.IO;
using System.Linq;
using Guest.Core.Scheduling;

namespace Guest.Storage.Tests;

/// <summary>On Linux a disk is a file, which is closed with it.</summary>
[Collection(nameof(RunLoop))]
public sealed class HostedDiskTests : IDisposable
{
    private const int DiskBytes = 1 << 20;

    // Beside the test's own program: /tmp may be a file system in memory, which has nothing past its page cache.
    private readonly string _path = Path.Combine(AppContext.BaseDirectory, $"hosted-{Guid.NewGuid():n}.img");

    public HostedDiskTests() => File.WriteAllBytes(_path, new byte[DiskBytes]);

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("")]
    [InlineData("direct:")]
    public void A_file_that_is_opened_and_closed_again_and_again_leaves_no_handle(string how)
    {
        for (int i = 0; i < 20; i++)
        {
            using Disk? disk = Disk.TryOpen(how + _path, out string? problem);
            Assert.True(disk is not null, problem);
            BlockRequest request = Client.Request(BlockOperation.Read, 0, 4096);
            disk.Submit([request]);
            Assert.Equal(1, disk.Wait(new BlockRequest[1]));
            Assert.Equal(BlockStatus.Ok, request.Status);
        }

        Assert.DoesNotContain(_path, Directory.GetFiles("/proc/self/fd").Select(Target));
    }

    private static string? Target(string handle)
    {
        try
        {
            return File.ResolveLinkTarget(handle, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null; // it was that of the listing
        }
    }
}
