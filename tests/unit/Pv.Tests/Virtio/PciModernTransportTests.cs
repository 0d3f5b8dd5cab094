using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

public class PciModernTransportTests
{
    private readonly PathCounters _counters = new("virtio0");
    private readonly ModelVirtioDevice _device =
        new(type: 1, (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex), [1, 2, 3, 4, 5, 6, 7, 8], 256, 64);

    [Fact]
    public void The_four_structures_are_found_in_their_bar()
    {
        VirtioTransport transport = new ModelPciVirtio(_device).Open(_counters)!;

        Assert.Equal(1u, transport.DeviceType);
        Assert.Equal(_device.Offered, transport.ReadFeatures());
        Assert.Equal((256, 64, 0), (transport.ReadQueueSize(0), transport.ReadQueueSize(1), transport.ReadQueueSize(2)));
        Assert.Equal(0x0807_0605_0403_0201u, transport.ReadConfiguration64(0));
    }

    [Fact]
    public void The_device_may_use_the_bus()
    {
        ModelPciVirtio model = new(_device);
        model.Open(_counters);

        Assert.Equal(
            PciCommand.MemorySpace | PciCommand.BusMaster, (PciCommand)model.Function.Get16(PciRegister.Command));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_function_without_one_of_them_is_no_device(byte type)
    {
        ModelPciVirtio model = new(_device);
        for (int i = 0x40; i < 0xa0; i += 20)
        {
            if (model.Function.Bytes[i + 3] == type)
                model.Function.Bytes[i + 3] = 99;
        }

        Assert.Null(model.Open(_counters));
    }

    [Fact]
    public void A_structure_outside_its_bar_is_refused()
    {
        ModelPciVirtio model = new(_device);
        model.Function.Set32(0x40 + 8, 0x3ff0);

        Assert.Null(model.Open(_counters));
    }

    [Fact]
    public void Each_queue_rings_its_own_doorbell()
    {
        ModelPciVirtio model = new(_device);
        model.NotifyOffsets[0] = 7;
        VirtioDevice device = Begin(model);
        Virtqueue first = device.TryCreateQueue(0, 256)!;
        Virtqueue second = device.TryCreateQueue(1, 256)!;
        device.Start();

        Publish(device, second);
        Publish(device, first);

        Assert.Equal([1, 0], _device.Notified); // the model checks the address of each
        Assert.Equal(2, _counters[PathEvent.Notification]);
    }

    [Fact]
    public void A_doorbell_outside_its_structure_is_refused()
    {
        ModelPciVirtio model = new(_device);
        model.NotifyOffsets[0] = 0x400;

        Assert.Null(Begin(model).TryCreateQueue(0, 256));
    }

    [Fact]
    public void Msix_gives_the_configuration_and_the_queues_a_vector_each()
    {
        ModelPciVirtio model = new(_device);
        VirtioDevice device = Begin(model);
        Assert.True(device.Transport.TryConnectInterrupts());
        device.TryCreateQueue(0, 256);

        Assert.Equal((0, 1), (model.ConfigurationVector, _device.Queues[0].Vector));
        model.InterruptForConfiguration();
        Assert.True(device.Transport.ConfigurationChanged);
    }

    [Fact]
    public void A_device_that_takes_no_vector_has_no_queue()
    {
        _device.RefusesVectors = true;
        VirtioDevice device = Begin(new ModelPciVirtio(_device));
        device.Transport.TryConnectInterrupts();

        Assert.Null(device.TryCreateQueue(0, 256));
    }

    [Fact]
    public void On_a_line_the_isr_is_read_and_tells_the_cause()
    {
        ModelPciVirtio model = new(_device, msix: false);
        VirtioTransport transport = model.Open(_counters)!;
        Assert.True(transport.TryConnectInterrupts());

        Assert.False(transport.OnInterrupt()); // the neighbour's
        model.Isr = 1;
        Assert.True(transport.OnInterrupt());
        Assert.False(transport.ConfigurationChanged);
        model.Isr = 2;
        Assert.True(transport.OnInterrupt());
        Assert.True(transport.ConfigurationChanged);
    }

    private VirtioDevice Begin(ModelPciVirtio model)
    {
        VirtioDevice device = new(model.Open(_counters)!, 2);
        Assert.True(device.TryBegin(0));
        return device;
    }

    private static void Publish(VirtioDevice device, Virtqueue queue)
    {
        queue.Add(0x1000, 60, deviceWrites: false);
        device.Transport.Publish(queue);
    }
}
