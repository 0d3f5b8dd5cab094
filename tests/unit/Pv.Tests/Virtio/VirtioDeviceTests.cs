using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv.Virtio;
using Guest.Testing;
using static Guest.Pv.Virtio.VirtioStatus;

namespace Guest.Pv.Tests.Virtio;

public class VirtioDeviceTests
{
    private const ulong Mine = 1 << 5;

    private readonly ModelVirtioDevice _model =
        new(type: 1, (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex) | Mine | (1 << 7), new byte[16], 256, 1024);

    [Fact]
    public void The_status_goes_up_step_by_step()
    {
        VirtioDevice device = Make();
        Assert.True(device.TryBegin(Mine));
        device.Start();

        Assert.Equal(
            [
                None, Acknowledge, Acknowledge | Driver, Acknowledge | Driver | FeaturesOk,
                Acknowledge | Driver | FeaturesOk | DriverOk,
            ],
            _model.StatusWrites);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(8192, false)]
    [InlineData(32768, false)]
    public void A_queue_whose_size_is_the_devices_choice_has_a_bound(int size, bool taken)
    {
        ModelVirtioDevice model = new(type: 1, offered: 0, new byte[16], size);
        VirtioDevice device = new(new ModelLegacyPciVirtio(model, msix: false).Open(new("virtio-net0"))!, 1);
        Assert.True(device.TryBegin(0));

        Assert.Equal(taken, device.TryCreateQueue(0, 256) is not null);
    }

    [Fact]
    public void Only_what_both_sides_know_is_accepted()
    {
        VirtioDevice device = Make();
        device.TryBegin(Mine | (1 << 6));

        Assert.Equal((ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex) | Mine, _model.Accepted);
        Assert.Equal(_model.Accepted, device.Features);
    }

    [Fact]
    public void A_device_that_takes_FEATURES_OK_back_is_given_up()
    {
        _model.RefusesFeatures = true;

        Assert.False(Make().TryBegin(Mine));
        Assert.True(_model.Status.HasFlag(Failed));
    }

    [Fact]
    public void A_device_without_VERSION_1_is_given_up()
    {
        _model.Offered = Mine;

        Assert.False(Make().TryBegin(Mine));
    }

    [Fact]
    public void A_reset_that_does_not_end_is_given_up()
    {
        VirtioDevice device = Make();
        _model.StuckInReset = true;

        Assert.False(device.TryBegin(Mine));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(65535)]
    public void A_queue_of_an_impossible_size_is_refused(int size)
    {
        _model.Queues[0].Most = size;
        VirtioDevice device = Make();
        device.TryBegin(Mine);

        Assert.Null(device.TryCreateQueue(0, 256));
    }

    [Fact]
    public void A_queue_is_as_large_as_the_driver_wants_and_the_device_has()
    {
        VirtioDevice device = Make();
        device.TryBegin(Mine);

        Assert.Equal(64, device.TryCreateQueue(0, 64)!.Size);
        Assert.Equal(1024, device.TryCreateQueue(1, 4096)!.Size);
        Assert.Equal(64, _model.Queues[0].Size);
    }

    [Fact]
    public void Queues_are_given_to_the_device_again_after_a_reset()
    {
        VirtioDevice device = Make();
        device.TryBegin(Mine);
        Virtqueue queue = device.TryCreateQueue(0, 64)!;
        queue.Add(0x1000, 1, deviceWrites: true);

        Assert.True(device.TryReset());
        Assert.True(device.TryRestart(progress: 0));

        Assert.Equal((64, 64), (_model.Queues[0].Size, queue.Free));
        Assert.Equal(queue.DescriptorArea, _model.Queues[0].Descriptors);
    }

    [Fact]
    public void A_device_whose_queue_shrank_in_the_reset_is_given_up()
    {
        VirtioDevice device = Make();
        device.TryBegin(Mine);
        device.TryCreateQueue(0, 64);
        _model.Queues[0].Most = 32;

        Assert.False(device.TryRestart(progress: 0));
    }

    [Fact]
    public void A_device_that_never_comes_out_of_reset_is_cut_off_from_memory()
    {
        ModelPciVirtio machine = new(_model);
        VirtioDevice device = new(machine.Open(new PathCounters("virtio0"))!, 2);
        _model.StuckInReset = true;

        Assert.False(device.TryReset());

        Assert.Equal(0, machine.Function.Get16(PciRegister.Command) & (int)PciCommand.BusMaster);
    }

    private VirtioDevice Make() => new(new ModelPciVirtio(_model).Open(new PathCounters("virtio0"))!, 2);
}
