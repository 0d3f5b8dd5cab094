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
}
