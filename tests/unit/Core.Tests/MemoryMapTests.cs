using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Memory;

namespace Guest.Core.Tests;

public sealed class MemoryMapTests
{
    private const ulong MiB = 1 << 20;

    [Fact]
    public void Ranges_come_out_in_order_whatever_the_order_in_which_they_went_in() =>
        Assert.Equal([(0x1000, 0x2000), (0x5000, 0x6000), (0x9000, 0xa000)], Made([(0x9000, 0x1000), (0x1000, 0x1000), (0x5000, 0x1000)]));

    [Fact]
    public void What_is_named_twice_counts_once() =>
        Assert.Equal([(MiB, 255 * MiB)], Made([(MiB, 128 * MiB), (64 * MiB, 191 * MiB), (70 * MiB, MiB), (MiB, 128 * MiB)]));

    [Fact]
    public void Neighbours_that_share_a_frame_make_it_whole() =>
        Assert.Equal([(0x1000, 0x4000)], Made([(0x1000, 0x1800), (0x2800, 0x1800)]));

    [Theory]
    [InlineData(0x10, new ulong[] { 0x1000, 0x5000, 0x9000, 0xa000 })]
    [InlineData(5, new ulong[] { 0x1000, 0x5000, 0x9000, 0xa000 })]
    [InlineData(4, new ulong[] { 0x1000, 0x5000 })]
    [InlineData(2, new ulong[] { 0x1000, 0x3000 })]
    [InlineData(0, new ulong[0])]
    public void The_lowest_memory_is_kept(ulong frames, ulong[] expected)
    {
        MemoryMap map = default;
        map.Add(0x9000, 0x1000);
        map.Add(0x1000, 0x4000);
        map.CutToFrames();
        map.KeepLowest(frames * 0x1000);
        Assert.Equal(expected, map.Memory.ToArray().SelectMany(range => new[] { range.Start, range.End }));
    }

    [Fact]
    public void Frames_that_are_not_whole_are_left_out()
    {
        Assert.Equal([(0x2000, 0x3000)], Made([(0x1001, 0x2ffe)]));
        Assert.Empty(Made([(0x1001, 0xffe), (0x2800, 0x1000)]));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(40)]
    [InlineData(500)]
    public void The_large_memory_behind_many_small_pieces_is_kept(int pieces)
    {
        List<(ulong, ulong)> entries = [.. Enumerable.Range(0, pieces).Select(i => (0x10000 + ((ulong)i * 0x2000), 0x1000UL)), (256 * MiB, 255 * MiB)];

        List<(ulong Start, ulong End)> made = Made(entries);

        Assert.Equal((256 * MiB, 511 * MiB), made[^1]);
        Assert.Equal(Math.Min(pieces + 1, MemoryMap.MaximumRanges), made.Count);
    }

    [Fact]
    public void What_reaches_past_the_last_address_ends_where_memory_can_end()
    {
        Assert.Equal([(4096 * MiB, MemoryMap.Limit)], Made([(4096 * MiB, ulong.MaxValue)]));
        Assert.Equal([(MiB, MemoryMap.Limit)], Made([(MiB, ulong.MaxValue - 0x1000)]));
        Assert.Empty(Made([(ulong.MaxValue - 0xfff, 0x1000), (1UL << 60, MiB), (MiB, 0)]));
    }

    [Fact]
    public void What_is_taken_by_something_else_is_left_out_and_may_divide_a_range()
    {
        Assert.Equal([(MiB, 2 * MiB), (3 * MiB, 4 * MiB)], Made([(MiB, 3 * MiB)], [(2 * MiB, MiB)]));
        Assert.Equal([(2 * MiB, 3 * MiB)], Made([(MiB, MiB), (2 * MiB, 2 * MiB)], [(0, 2 * MiB), (3 * MiB, 9 * MiB)]));
        Assert.Equal([(MiB, 0x200000 - 0x1000), (0x201000, 3 * MiB)], Made([(MiB, 2 * MiB)], [(0x1fff00, 0x200)]));
        Assert.Empty(Made([(MiB, MiB), (4 * MiB, MiB)], [(0, ulong.MaxValue)]));
    }

    [Property]
    public void Every_frame_is_usable_that_was_named_and_not_taken((byte Start, byte Length)[] named, (byte Start, byte Length)[] taken)
    {
        // Sixteenths of a frame, few enough that no range is left out.
        named = [.. named.Take(10)];
        taken = [.. taken.Take(10)];
        HashSet<int> usable = [.. named.SelectMany(range => Enumerable.Range(range.Start, range.Length))];
        usable.ExceptWith(taken.SelectMany(range => Enumerable.Range(range.Start, range.Length)));

        List<(ulong Start, ulong End)> made = Made(named.Select(Bytes), taken.Select(Bytes));

        Assert.Equal(made.OrderBy(range => range.Start), made);
        for (int frame = 0; frame < 32; frame++)
        {
            bool whole = Enumerable.Range(frame * 16, 16).All(usable.Contains);
            Assert.Equal(whole, made.Count(range => range.Start <= (ulong)frame << 12 && (ulong)(frame + 1) << 12 <= range.End) == 1);
        }

        static (ulong, ulong) Bytes((byte Start, byte Length) range) => ((ulong)range.Start << 8, (ulong)range.Length << 8);
    }

    private static List<(ulong Start, ulong End)> Made(IEnumerable<(ulong Start, ulong Length)> named, IEnumerable<(ulong Start, ulong Length)>? taken = null)
    {
        MemoryMap map = default;
        foreach ((ulong start, ulong length) in named)
            map.Add(start, length);
        foreach ((ulong start, ulong length) in taken ?? [])
            map.Remove(start, length);
        map.CutToFrames();
        return [.. map.Memory.ToArray().Select(range => (range.Start, range.End))];
    }

    [Fact]
    public void What_is_left_out_is_counted()
    {
        MemoryMap map = default;
        for (ulong i = 0; i < 40; i++)
            map.Add(i << 20, 0x1000 + (i << 12));
        Assert.Equal(MemoryMap.MaximumRanges, map.Memory.Length);
        Assert.Equal(8ul * 9 / 2 * 0x1000, map.LeftOut);
    }
}
