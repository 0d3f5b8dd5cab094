using System;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>A device that lies is told of, counted, reset, and used again; nothing of the guest's is lost.</summary>
public class HostileVirtioNetTests
{
    private const ulong Features = (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex) | (1 << 15) | (1 << 16);
    private const int Rx = 0;
    private const int Tx = 1;

    private readonly PathCounters _counters = new("virtio-net0");
    private readonly PacketPool _pool = new(96);
    private readonly PacketBuffer[] _burst = new PacketBuffer[16];
    private readonly ModelVirtioDevice _device = new(type: 1, Features, [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0], 256, 256);
    private readonly ModelPciVirtio _model;
    private readonly VirtioNet _card;

    public HostileVirtioNetTests()
    {
        _model = new(_device);
        _card = VirtioNet.TryCreate(_model.Open(_counters)!, _pool)!;
    }

    [Fact]
    public void A_used_index_that_jumps_resets_the_device() => Survives(() => _device.SplitRing(Rx).UsedIndex = 40000);

    [Fact]
    public void A_foreign_id_resets_the_device() => Survives(() => UseRaw(Rx, id: 4711, written: 72));

    [Fact]
    public void A_length_beyond_the_page_resets_the_device() => Survives(() => UseRaw(Rx, id: 0, written: 5000));

    [Fact]
    public void A_frame_shorter_than_its_header_resets_the_device() => Survives(() => UseRaw(Rx, id: 0, written: 11));

    [Fact]
    public void Segmentation_that_was_not_agreed_on_resets_the_device() => Survives(() => Deliver([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]   // more buffers than were used
    [InlineData(255)]
    public void A_count_of_buffers_that_cannot_be_resets_the_device(byte buffers) =>
        Survives(() => Deliver([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, buffers, 0]));

    [Fact]
    public void A_completion_of_something_never_sent_resets_the_device() => Survives(() => UseRaw(Tx, id: 3, written: 0));

    [Fact]
    public void A_device_that_asks_for_a_reset_gets_one()
    {
        _device.AskForReset();
        _model.InterruptForConfiguration();

        Assert.False(_card.Arm());
        _card.Receive(_burst);

        Assert.Equal((1, 0), (_counters[PathEvent.Reset], _counters[PathEvent.Violation]));
        AssertAlive();
    }

    [Fact]
    public void A_device_that_asks_for_a_reset_and_does_not_survive_it_is_left_alone()
    {
        _device.AskForReset();
        _device.StuckInReset = true;
        _model.InterruptForConfiguration();
        int told = _device.Notified.Count;

        Assert.Equal(0, _card.Receive(_burst));
        Assert.Equal(0, _card.Receive(_burst));

        Assert.False(_card.LinkUp);
        Assert.True(_card.Arm());
        Assert.Equal(told, _device.Notified.Count);
    }

    [Fact]
    public void What_was_being_sent_is_the_pools_again_after_the_reset()
    {
        PacketBuffer buffer = _pool.TryTake()!;
        buffer.Length = 60;
        _card.Transmit([buffer], more: false);

        Survives(() => _device.SplitRing(Rx).UsedIndex = 40000);
    }

    [Fact]
    public void A_device_that_never_stops_lying_is_given_up()
    {
        for (int i = 0; i < 100; i++)
        {
            if (_card.LinkUp)
                _device.SplitRing(Rx).UsedIndex = 40000;
            _card.Receive(_burst);
        }

        Assert.False(_card.LinkUp);
        Assert.True(_device.Status.HasFlag(VirtioStatus.Failed));
        Assert.Equal(9, _counters[PathEvent.Reset]);
        Assert.Equal(96, _pool.Available);
        Assert.True(_card.Arm());
        Assert.Equal(0, _card.Transmit([_pool.TryTake()!], more: false));
    }

    [Fact]
    public void A_device_that_lies_now_and_then_is_forgiven()
    {
        for (int i = 0; i < 20; i++)
        {
            for (int frame = 0; frame < 10_000; frame++)
            {
                Deliver(new byte[12 + 60], buffers: 1);
                Assert.Equal(1, _card.Receive(_burst));
                _burst[0].Release();
            }

            _device.SplitRing(Rx).UsedIndex += 1000;
            _card.Receive(_burst);
            Assert.True(_card.LinkUp);
        }
    }

    [Fact]
    public void A_device_that_never_comes_out_of_reset_keeps_its_buffers_and_the_guest_lives()
    {
        _device.StuckInReset = true;
        _device.SplitRing(Rx).UsedIndex = 40000;

        Assert.Equal(0, _card.Receive(_burst));

        Assert.False(_card.LinkUp);
        Assert.Equal(96 - 32, _pool.Available);
        Assert.Equal(0, _card.Receive(_burst));
    }

    [Fact]
    public void A_device_that_offers_less_after_the_reset_is_given_up()
    {
        _device.Offered &= ~(1ul << 15);
        _device.SplitRing(Rx).UsedIndex = 40000;

        _card.Receive(_burst);

        Assert.False(_card.LinkUp);
        Assert.Equal(96, _pool.Available);
    }

    [Fact]
    public void A_storm_of_interrupts_about_nothing_resets_the_device() => Survives(() =>
    {
        for (int i = 0; i < 999; i++)
            _counters.Count(PathEvent.Interrupt);
        _card.Receive(_burst);
        Assert.Equal(0, _counters[PathEvent.Violation]);
        _counters.Count(PathEvent.Interrupt);
    });

    [Fact]
    public void As_many_interrupts_about_arrivals_are_none()
    {
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 600; j++)
                _counters.Count(PathEvent.Interrupt);
            Deliver(new byte[12 + 60], buffers: 1);
            Assert.Equal(1, _card.Receive(_burst));
            Assert.Equal(1, _card.Transmit(_burst.AsSpan(0, 1), more: false));
            _card.Receive(_burst);
        }

        Assert.Equal(0, _counters[PathEvent.Violation]);
    }

    private void Survives(Action lie)
    {
        lie();
        _card.Receive(_burst);
        _card.Receive(_burst);

        Assert.Equal((1, 1), (_counters[PathEvent.Violation], _counters[PathEvent.Reset]));
        AssertAlive();
    }

    private void AssertAlive()
    {
        Assert.True(_card.LinkUp);
        Assert.Equal(96 - 32 - 16, _pool.Available);
        Deliver(new byte[12 + 60], buffers: 1);
        Assert.Equal(1, _card.Receive(_burst));
        Assert.Equal(60, _burst[0].Length);
        Assert.Equal(1, _card.Transmit(_burst.AsSpan(0, 1), more: false));
        Assert.NotNull(_device.Ring(Tx).Pop());
    }

    private void UseRaw(int queue, uint id, uint written)
    {
        ModelSplitRing ring = _device.SplitRing(queue);
        ring.FillRaw(id, written);
        ring.Flush();
    }

    private void Deliver(byte[] packet, byte? buffers = null)
    {
        if (buffers is { } count)
            packet[10] = count;
        ModelRing ring = _device.Ring(Rx);
        ModelChain chain = ring.Pop()!;
        chain.Write([.. packet, .. new byte[60]]);
        ring.Use(chain, (uint)(packet.Length + (buffers is null ? 60 : 0)));
    }
}
