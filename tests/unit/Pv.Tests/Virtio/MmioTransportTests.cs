using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

public class MmioTransportTests
{
    private readonly PathCounters _counters = new("virtio0");
    private readonly ModelVirtioDevice _device = new(type: 1, (ulong)VirtioFeatures.Version1 | 0x20, [1, 2, 3, 4], 1024);

    [Theory]
    [InlineData(1, "mmio-legacy", 0x20)]
    [InlineData(2, "mmio", 0x1_0000_0020)]
    public void Both_versions_are_known(uint version, string name, ulong features)
    {
        VirtioTransport transport = new ModelMmioVirtio(_device, version).Open(_counters)!;

        Assert.Equal((name, 1u, version == 1), (transport.Name, transport.DeviceType, transport.IsLegacy));
        Assert.Equal(features, transport.ReadFeatures());
        Assert.Equal(1024, transport.ReadQueueSize(0));
        Assert.Equal(0x0201, transport.ReadConfiguration16(0));
    }

    [Theory]
    [InlineData(0x7472_6976, 3, 1)]
    [InlineData(0x7472_6976, 0, 1)]
    [InlineData(0xffff_ffff, 2, 1)]
    [InlineData(0x7472_6976, 2, 0)] // an empty slot
    public void What_is_no_device_is_not_opened(uint magic, uint version, uint type)
    {
        ModelVirtioDevice device = new(type, 0, []);

        Assert.Null(new ModelMmioVirtio(device, version) { Magic = magic, Version = version }.Open(_counters));
    }

    [Fact]
    public void An_interrupt_is_acknowledged_by_its_cause()
    {
        ModelMmioVirtio model = new(_device, version: 2);
        VirtioTransport transport = model.Open(_counters)!;
        Assert.True(transport.TryConnectInterrupts());
        Assert.Equal([(12, transport)], model.Platform.Lines);

        Assert.False(transport.OnInterrupt());
        model.Isr = 3;
        Assert.True(transport.OnInterrupt());
        Assert.Equal(0, model.Isr);
        Assert.True(transport.ConfigurationChanged);
    }

    [Fact]
    public void An_interrupt_for_a_used_buffer_costs_one_access()
    {
        ModelMmioVirtio model = new(_device, version: 2);
        (VirtioTransport transport, Virtqueue queue, ModelSplitRing ring) = Start(model);
        Use(queue, ring);
        long reads = _counters[PathEvent.RegisterRead];
        model.Isr = 1;

        Assert.True(transport.OnInterrupt());

        Assert.Equal(0, model.Isr);
        Assert.Equal(reads, _counters[PathEvent.RegisterRead]);
    }

    [Fact]
    public void A_change_of_configuration_beside_a_used_buffer_is_found_when_the_buffer_is_taken()
    {
        ModelMmioVirtio model = new(_device, version: 2);
        (VirtioTransport transport, Virtqueue queue, ModelSplitRing ring) = Start(model);
        Use(queue, ring);
        model.Isr = 3;

        Assert.True(transport.OnInterrupt());
        Assert.Equal(2, model.Isr);
        queue.Take(out _);
        Assert.True(transport.OnInterrupt());

        Assert.Equal(0, model.Isr);
        Assert.True(transport.ConfigurationChanged);
    }

    [Fact]
    public void A_used_buffer_that_nobody_takes_hides_no_other_cause_for_ever()
    {
        ModelMmioVirtio model = new(_device, version: 2);
        (VirtioTransport transport, Virtqueue queue, ModelSplitRing ring) = Start(model);
        Use(queue, ring);
        model.Isr = 2;

        for (int i = 0; i < 17; i++)
            transport.OnInterrupt();

        Assert.Equal(0, model.Isr);
        Assert.True(transport.ConfigurationChanged);
    }

    private (VirtioTransport Transport, Virtqueue Queue, ModelSplitRing Ring) Start(ModelMmioVirtio model)
    {
        VirtioTransport transport = model.Open(_counters)!;
        SplitQueue queue = new(0, 8, _counters, eventIndex: false, indirectSegments: 0);
        Assert.True(transport.EnableQueue(queue));
        return (transport, queue, new(queue.Size, queue.DescriptorArea, queue.DriverArea, queue.DeviceArea, eventIndex: false));
    }

    private static void Use(Virtqueue queue, ModelSplitRing ring)
    {
        queue.Add(0x1000, 60, deviceWrites: true);
        queue.Publish();
        ring.Use(ring.Pop()!, 1);
    }
}
