using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.E1000;

/// <summary>A chip, its driver, and the machine around them.</summary>
internal sealed class E1000Bench
{
    public E1000Bench(bool is82574 = false, int buffers = 256, bool messages = false, bool start = true)
    {
        Pool = new(buffers);
        Chip = new(Counters, is82574) { MessageSignalled = messages };
        Device = new(is82574 ? E1000Model.I82574 : E1000Model.I82540, Platform, Chip, Pool, Counters);
        if (messages)
            Device.UseMessages();
        if (start)
        {
            Assert.True(Device.Begin());
            Chip.Accesses.Clear();
        }
    }

    public FakePlatform Platform { get; } = new();

    public PathCounters Counters { get; } = new("e1000-0");

    public PacketPool Pool { get; }

    public E1000Chip Chip { get; }

    public Devices.E1000 Device { get; }

    /// <summary>Lets time pass, and the run loop do what is due.</summary>
    public List<byte[]> After(Duration time)
    {
        Platform.Time += time;
        return Device.Drain();
    }

    /// <summary>What one wake-up costs: the interrupt, a burst in, the same frames out.</summary>
    public void Echo(int burst)
    {
        PacketBuffer[] buffers = new PacketBuffer[burst];
        Assert.True(Device.Arm());
        for (int i = 0; i < burst; i++)
            Assert.True(Chip.Arrive(Frames.Make(106, i)));
        Assert.True(Device.OnInterrupt());
        Assert.Equal(burst, Device.Receive(buffers));
        Assert.Equal(burst, Device.Transmit(buffers, more: false));
        Assert.Equal(0, Device.Receive(buffers));
    }

    /// <summary>The bytes of a descriptor, of the ring whose first register is <paramref name="ring"/>.</summary>
    public Span<byte> Descriptor(int ring, int index) =>
        Frames.Memory(Chip[ring] + ((ulong)Chip[ring + 4] << 32) + (16ul * (uint)index), 16);
}
