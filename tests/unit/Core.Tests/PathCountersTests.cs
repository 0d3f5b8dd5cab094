using Guest.Core.Diagnostics;

namespace Guest.Core.Tests;

/// <summary>Each queue of a device has counts of its own, and the device's are all of them together.</summary>
public sealed class PathCountersTests
{
    private readonly PathCounters _device = new("device0");

    [Fact]
    public void A_device_counts_what_its_queues_count()
    {
        _device.Count(PathEvent.Interrupt);
        _device.Queue(0).Count(PathEvent.Received, 3);
        _device.Queue(1).Count(PathEvent.Received, 4);

        Assert.Equal(7, _device[PathEvent.Received]);
        Assert.Equal(0, _device.Own(PathEvent.Received));
        Assert.Equal(1, _device[PathEvent.Interrupt]);
    }

    [Fact]
    public void A_queue_that_comes_again_goes_on_with_its_counts()
    {
        _device.Queue(5).Count(PathEvent.Sent, 2);

        Assert.Same(_device.Queue(5), _device.Queue(5));
        Assert.NotSame(_device.Queue(5), _device.Queue(6));
        Assert.Equal(2, _device.Queue(5)[PathEvent.Sent]);
    }

    [Fact]
    public void A_queue_is_no_device()
    {
        _device.Queue(0).Count(PathEvent.Sent);

        for (PathCounters? device = PathCounters.Last; device is not null; device = device.Previous)
            Assert.NotSame(_device.Queue(0), device);
    }
}
