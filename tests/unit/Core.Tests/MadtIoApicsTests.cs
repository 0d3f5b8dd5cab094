using System;
using Guest.Core.Cpu;

namespace Guest.Core.Tests;

public sealed class MadtIoApicsTests
{
    [Fact]
    public void Controllers_are_found_among_other_entries()
    {
        byte[] table = [.. new byte[44], 0, 8, 0, 0, 1, 0, 0, 0, 1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0, 1, 12, 1, 0, 0, 0, 0xc1, 0xfe, 24, 0, 0, 0];
        MadtIoApics controllers = new(table);

        Assert.True(controllers.TryNext(out uint first, out uint firstLine));
        Assert.True(controllers.TryNext(out uint second, out uint secondLine));
        Assert.False(controllers.TryNext(out _, out _));
        Assert.Equal((0xfec0_0000u, 0u, 0xfec1_0000u, 24u), (first, firstLine, second, secondLine));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    public void An_entry_of_an_impossible_length_ends_the_list(byte length)
    {
        MadtIoApics controllers = new([.. new byte[44], 1, length, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0]);

        Assert.False(controllers.TryNext(out _, out _));
    }
}
