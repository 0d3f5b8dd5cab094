using Guest.Core.Diagnostics;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>The link, and cards with an interrupt line or none.</summary>
public class VirtioNetLifeTests : VirtioNetBench
{
    [Fact]
    public void The_first_frame_after_the_link_came_up_is_told_of_though_the_device_did_not_ask()
    {
        var (card, model) = Make(All);
        model.Device.Configuration[6] = 0;
        model.InterruptForConfiguration();
        card.Receive(Burst);
        model.Device.Configuration[6] = 1;
        model.InterruptForConfiguration();
        card.Receive(Burst);
        model.Device.Ring(Tx).RefuseNotification();
        long before = Counters[PathEvent.Notification];

        card.Transmit([Buffer(Frame(60))], more: false);
        Assert.Equal(before + 1, Counters[PathEvent.Notification]);
        card.Transmit([Buffer(Frame(60))], more: false);
        Assert.Equal(before + 1, Counters[PathEvent.Notification]);
    }

    [Fact]
    public void The_link_follows_the_device()
    {
        var (card, model) = Make(All);
        model.Device.Configuration[6] = 0;
        model.InterruptForConfiguration();

        Assert.False(card.Arm());
        card.Receive(Burst);
        Assert.False(card.LinkUp);
        Assert.True(card.Arm());

        model.Device.Configuration[6] = 1;
        model.InterruptForConfiguration();
        card.Receive(Burst);
        Assert.True(card.LinkUp);
    }

    [Fact]
    public void On_an_interrupt_line_it_works_the_same()
    {
        var (card, model) = Make(All, msix: false);
        card.Arm();
        model.Isr |= 1;
        Assert.True(Deliver(model, Frame(60)));
        Assert.True(model.Platform.Lines[0].Handler.OnInterrupt());
        Assert.Equal(60, ReceiveOne(card).Length);
    }

    [Fact]
    public void Without_any_interrupt_it_never_lets_the_guest_sleep()
    {
        ModelPciVirtio model = new(Device(All), msix: false);
        model.Platform.HasLines = false;
        VirtioNet card = VirtioNet.TryCreate(model.Open(Counters)!, Pool)!;

        Assert.False(card.Arm());
    }
}
