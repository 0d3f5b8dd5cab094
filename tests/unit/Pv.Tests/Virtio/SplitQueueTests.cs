using System;
using System.Linq;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

public class SplitQueueTests : VirtqueueRules
{
    [Fact]
    public void The_event_index_asks_for_one_notification_in_the_middle_of_a_burst()
    {
        var (queue, device) = MakeSplit();
        queue.Add(0x1000, 60, deviceWrites: false);
        queue.Publish();
        device.PopAll();
        device.WantNotification(); // of the second buffer ever

        queue.Add(0x1000, 60, deviceWrites: false);
        queue.Add(0x1000, 60, deviceWrites: false);
        Assert.True(queue.Publish());
        queue.Add(0x1000, 60, deviceWrites: false);
        Assert.False(queue.Publish());
    }

    [Fact]
    public void A_used_index_beyond_what_was_published_breaks_the_ring()
    {
        var (queue, device) = MakeSplit();
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();

        device.UsedIndex = 2;

        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.UsedIndexJump, queue.Violation);
    }

    [Fact]
    public void A_used_index_that_goes_back_breaks_the_ring()
    {
        var (queue, device) = MakeSplit();
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();
        device.Use(device.Pop()!, 1);
        queue.Take(out _);

        device.UsedIndex = 0;

        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.UsedIndexJump, queue.Violation);
    }

    [Fact]
    public unsafe void A_device_that_rewrites_the_descriptor_table_harms_no_later_buffer()
    {
        var (queue, device) = MakeSplit();
        queue.Add([new(0x1000, 16), new(0x2000, 16)], readable: 2);
        queue.Publish();
        ModelChain chain = device.Pop()!;
        new Span<byte>((void*)queue.DescriptorArea, Size * 16).Fill(0xff);
        device.Use(chain, 0);
        queue.Take(out _);

        for (int i = 0; i < Size; i++)
            queue.Add((ulong)(0x1000 * i), 60, deviceWrites: false);
        queue.Publish();

        Assert.Equal(Size, device.PopAll().Select(c => c.Id).Distinct().Count());
    }

    protected override Virtqueue MakeQueue(bool eventIndex, int indirectSegments) =>
        new SplitQueue(0, Size, Counters, eventIndex, indirectSegments);

    protected override ModelRing DeviceOf(Virtqueue queue, bool eventIndex) =>
        new ModelSplitRing(queue.Size, queue.DescriptorArea, queue.DriverArea, queue.DeviceArea, eventIndex);

    private (Virtqueue Queue, ModelSplitRing Device) MakeSplit()
    {
        var (queue, device) = Make();
        return (queue, (ModelSplitRing)device);
    }
}
