using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Tool.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("guest-lock-").FullName;

    // A file is in the folder's place, as a read-only file system is in that of one that can be written: neither changes by waiting.
    [Theory]
    [InlineData("file/artifacts/build.lock")]
    [InlineData("/proc/nowhere/build.lock")]
    [InlineData("/sys/build.lock")]
    public void A_place_that_cannot_be_written_is_named_at_once(string path)
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        string inside = Path.Combine(_folder, path);

        RigException refusal = Assert.Throws<RigException>(() => FileLock.Hold(inside));

        Assert.StartsWith($"{Path.GetDirectoryName(inside)} cannot be written", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_to_wait_is_told_once_and_gets_the_lock_when_it_is_free()
    {
        string path = Path.Combine(_folder, "new", "build.lock");
        List<string> said = [];
        TaskCompletionSource waits = new();
        IDisposable first = FileLock.Hold(path);
        Task<IDisposable> second = Task.Run(
            () => FileLock.Hold(path, text =>
            {
                said.Add(text);
                waits.SetResult();
            }),
            TestContext.Current.CancellationToken);
        await waits.Task;

        first.Dispose();

        (await second).Dispose();
        Assert.Equal([$"waiting for another process that holds {path}"], said);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
