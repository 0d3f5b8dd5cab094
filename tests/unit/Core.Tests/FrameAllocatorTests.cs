using System;
using System.Collections.Generic;
using FsCheck.Xunit;
using Guest.Core.Memory;

namespace Guest.Core.Tests;

public sealed class FrameAllocatorTests
{
    private const ulong Frame = FrameAllocator.FrameSize;

    [Fact]
    public void Frames_are_contiguous_and_move_upwards()
    {
        FrameAllocator frames = default;
        frames.Add(0x100000, 0x110000, 0, 0);

        Assert.Equal(0x100000UL, frames.TryAllocate(1));
        Assert.Equal(0x101000UL, frames.TryAllocate(3));
        Assert.Equal(0x104000UL, frames.TryAllocate(1));
        Assert.Equal(11 * Frame, frames.FreeBytes);
    }

    [Fact]
    public void A_region_that_is_too_small_is_passed_over_and_used_later()
    {
        FrameAllocator frames = default;
        frames.Add(0x10000, 0x12000, 0, 0);
        frames.Add(0x100000, 0x200000, 0, 0);

        Assert.Equal(0x100000UL, frames.TryAllocate(3));
        Assert.Equal(0x10000UL, frames.TryAllocate(2));
        Assert.Equal(0x103000UL, frames.TryAllocate(1));
    }

    [Fact]
    public void Zero_means_that_memory_has_run_out()
    {
        FrameAllocator frames = default;
        frames.Add(0x100000, 0x102000, 0, 0);

        Assert.Equal(0UL, frames.TryAllocate(3));
        Assert.Equal(0x100000UL, frames.TryAllocate(2));
        Assert.Equal(0UL, frames.TryAllocate(1));
    }

    [Fact]
    public void Partial_frames_at_the_ends_are_left_out()
    {
        FrameAllocator frames = default;
        frames.Add(0x100001, 0x103fff, 0, 0);

        Assert.Equal(2 * Frame, frames.FreeBytes);
        Assert.Equal(0x101000UL, frames.TryAllocate(1));
    }

    [Fact]
    public void The_frame_at_address_zero_is_never_given_out()
    {
        FrameAllocator frames = default;
        frames.Add(0, 0x3000, 0, 0);

        Assert.Equal(0x1000UL, frames.TryAllocate(1));
        Assert.Equal(0x2000UL, frames.TryAllocate(1));
        Assert.Equal(0UL, frames.TryAllocate(1));
    }

    [Fact]
    public void What_the_image_occupies_is_cut_out()
    {
        FrameAllocator frames = default;
        frames.Add(0x100000, 0x200000, 0x110000, 0x123456);

        Assert.Equal(2, frames.Regions);
        Assert.Equal(0x100000UL, frames.TryAllocate(16));
        Assert.Equal(0x124000UL, frames.TryAllocate(1));
    }

    [Fact]
    public void An_address_limit_is_kept()
    {
        FrameAllocator frames = default;
        frames.Add(0xffff_f000, 0x1_0000_4000, 0, 0);

        Assert.Equal(0UL, frames.TryAllocate(2, below: 0x1_0000_0000));
        Assert.Equal(0xffff_f000UL, frames.TryAllocate(1, below: 0x1_0000_0000));
        Assert.Equal(0UL, frames.TryAllocate(1, below: 0x1_0000_0000));
        Assert.Equal(0x1_0000_0000UL, frames.TryAllocate(1));
    }

    [Property]
    public bool No_frame_is_given_out_twice(byte[] requests)
    {
        FrameAllocator frames = default;
        frames.Add(0x1000, 0x40000, 0x9000, 0xb800);
        frames.Add(0x80000, 0xa0000, 0, 0);
        HashSet<ulong> given = [];
        foreach (byte request in requests)
        {
            ulong count = (request & 7UL) + 1;
            ulong address = frames.TryAllocate(count);
            for (ulong i = 0; address != 0 && i < count; i++)
            {
                ulong frame = address + (i * Frame);
                bool inside = frame is (>= 0x1000 and < 0x9000) or (>= 0xc000 and < 0x40000) or (>= 0x80000 and < 0xa0000);
                if (!inside || !given.Add(frame))
                    return false;
            }
        }

        return true;
    }

    [Fact]
    public void What_comes_back_is_handed_out_again_in_longer_runs()
    {
        FrameAllocator frames = Real(64, out ulong start);
        for (int i = 0; i < 63; i++)
            frames.TryAllocate(1);
        for (ulong i = 0; i < 16; i += 2)
            frames.Free(start + (i * Frame), 1);
        for (ulong i = 1; i < 16; i += 2)
            frames.Free(start + (i * Frame), 1);

        Assert.Equal(start, frames.TryAllocate(16));
        Assert.Equal(0UL, frames.TryAllocate(1)); // the last one holds the bits
    }

    [Fact]
    public void Memory_that_is_used_up_finds_room_for_its_bits_in_what_comes_back()
    {
        FrameAllocator frames = Real(64, out ulong start);
        Assert.Equal(start, frames.TryAllocate(64));
        frames.Free(start, 16);
        Assert.Equal(15 * Frame, frames.FreeBytes);
        Assert.Equal(start + Frame, frames.TryAllocate(15));
    }

    [Fact]
    public void What_comes_back_from_the_end_takes_no_memory_for_bits()
    {
        FrameAllocator frames = Real(64, out ulong start);
        Assert.Equal(start, frames.TryAllocate(8));
        frames.Free(start + (4 * Frame), 4);
        Assert.Equal(60 * Frame, frames.FreeBytes);
        Assert.Equal(start + (4 * Frame), frames.TryAllocate(60));
    }

    [Fact]
    public void Frames_that_are_not_handed_out_do_not_come_back() =>
        Assert.Multiple(
            () => Assert.Throws<InvalidOperationException>(() => Real(64, out ulong start).Free(start, 1)),
            () => Assert.Throws<InvalidOperationException>(() =>
            {
                FrameAllocator frames = Real(64, out ulong start);
                frames.TryAllocate(8);
                frames.Free(start, 2);
                frames.Free(start + Frame, 2);
            }),
            () => Assert.Throws<InvalidOperationException>(() =>
            {
                FrameAllocator frames = Real(64, out ulong start);
                frames.TryAllocate(8);
                frames.Free(start + (7 * Frame), 2);
            }));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_million_runs_that_come_and_go_overlap_never_and_leave_memory_where_it_was(int seed)
    {
        Random random = new(seed);
        FrameAllocator frames = Real(700, out ulong start);
        // Its bits are wherever they were first needed, and stay.
        Assert.Equal(start, frames.TryAllocate(2));
        frames.Free(start, 1);
        ulong free = frames.FreeBytes;
        List<(ulong Address, ulong Count)> taken = [];
        bool[] isTaken = new bool[700];
        for (int i = 0; i < 250_000; i++)
        {
            if (taken.Count == 0 || random.Next(100) < (i / 1000 % 2 == 0 ? 60 : 40))
            {
                ulong count = (ulong)random.Next(1, random.Next(2, 40));
                ulong address = frames.TryAllocate(count);
                if (address == 0)
                    continue;
                for (ulong at = 0; at < count; at++)
                {
                    ref bool mark = ref isTaken[((address - start) / Frame) + at];
                    Assert.False(mark);
                    mark = true;
                }

                taken.Add((address, count));
            }
            else
            {
                int which = random.Next(taken.Count);
                (ulong address, ulong count) = taken[which];
                ulong part = random.Next(3) == 0 ? (ulong)random.Next(1, (int)count + 1) : count;
                frames.Free(address, part);
                for (ulong at = 0; at < part; at++)
                    isTaken[((address - start) / Frame) + at] = false;
                taken[which] = (address + (part * Frame), count - part);
                if (part == count)
                    taken.RemoveAt(which);
            }
        }

        foreach ((ulong address, ulong count) in taken)
            frames.Free(address, count);
        Assert.Equal(free, frames.FreeBytes);
    }

    /// <summary>One region of memory that there is.</summary>
    private static unsafe FrameAllocator Real(int count, out ulong start)
    {
        start = (ulong)DeviceMemory.AllocatePages(count);
        FrameAllocator frames = default;
        frames.Add(start, start + ((ulong)count * Frame), 0, 0);
        return frames;
    }
}
