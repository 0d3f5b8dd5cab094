using System;
using System.Collections.Generic;
using Guest.Rig.Host;

namespace Guest.Tool.Tests;

public sealed class HostDiskTests
{
    private const long Plenty = 1L << 40;

    [Theory]
    [InlineData("error : No space left on device : '/x'")]
    [InlineData("Disk quota exceeded")]
    [InlineData("error MSB3021: There is not enough space on the disk.")]
    public void A_build_that_says_so_was_on_a_full_disk_even_if_there_is_room_again(string said) =>
        Assert.StartsWith("The disk is full", HostDisk.Full(["/a"], said, _ => Plenty), StringComparison.Ordinal);

    [Fact]
    public void A_build_that_says_something_else_or_nothing_was_on_a_full_disk_if_it_still_is()
    {
        Dictionary<string, long> free = new() { ["/checkout"] = Plenty, ["/tmp"] = 5 << 20 };

        Assert.Contains("5 MiB are free at /tmp", HostDisk.Full(free.Keys, "", folder => free[folder]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_that_failed_with_room_left_failed_for_another_reason() => Assert.Null(HostDisk.Full(["/a"], "error CS1002: ; expected", _ => Plenty));
}
