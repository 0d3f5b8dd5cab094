using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

public class PackedQueueTests : VirtqueueRules
{
    [Fact]
    public void A_descriptor_marked_used_that_was_never_published_breaks_the_ring()
    {
        var (queue, device) = Make();
        int id = queue.Add(0x1000, 60, deviceWrites: true);

        device.FillRaw((uint)id, 1);
        device.Flush();

        Assert.Equal(-1, queue.Take(out _));
        Assert.Equal(VirtqueueViolation.UsedIndexJump, queue.Violation);
    }

    [Theory]
    [InlineData(0, 2, true)]   // asked for the first of the two
    [InlineData(1, 2, true)]
    [InlineData(2, 2, false)]  // asked for the next one
    [InlineData(7, 8, true)]   // asked for the last before the wrap
    public void The_event_index_asks_for_one_notification_in_the_middle_of_a_burst(uint wishedAt, int added, bool told)
    {
        var (queue, _) = Make();
        for (int i = 0; i < added; i++)
            queue.Add(0x1000, 60, deviceWrites: false);
        Wish(queue, wishedAt, wrap: true);

        Assert.Equal(told, queue.Publish());
    }

    [Theory]
    [InlineData(6, true, true)]   // the burst begins here
    [InlineData(7, true, true)]
    [InlineData(0, false, true)]  // beyond the wrap, and the burst's last
    [InlineData(1, false, false)]
    [InlineData(0, true, false)]  // the round before
    public void The_event_index_is_understood_across_the_wrap(uint wishedAt, bool wrap, bool told)
    {
        var (queue, device) = Make();
        for (int i = 0; i < 6; i++)
        {
            queue.Add(0x1000, 60, deviceWrites: false);
            queue.Publish();
            device.Use(device.Pop()!, 0);
            queue.Take(out _);
        }

        for (int i = 0; i < 3; i++)
            queue.Add(0x1000, 60, deviceWrites: false);
        Wish(queue, wishedAt, wrap);

        Assert.Equal(told, queue.Publish());
    }

    protected override Virtqueue MakeQueue(bool eventIndex, int indirectSegments) =>
        new PackedQueue(0, Size, Counters, eventIndex, indirectSegments);

    protected override ModelRing DeviceOf(Virtqueue queue, bool eventIndex) =>
        new ModelPackedRing(queue.Size, queue.DescriptorArea, queue.DriverArea, queue.DeviceArea, eventIndex);

    private static unsafe void Wish(Virtqueue queue, uint at, bool wrap) =>
        *(uint*)queue.DeviceArea = at | (wrap ? 1u << 15 : 0) | (2u << 16);
}
