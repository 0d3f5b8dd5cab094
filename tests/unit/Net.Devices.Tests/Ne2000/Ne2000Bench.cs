using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Ne2000;

/// <summary>A chip, its driver, and the machine around them.</summary>
internal sealed class Ne2000Bench
{
    private readonly PacketBuffer[] _burst = new PacketBuffer[64];

    public Ne2000Bench(int buffers = 64, bool start = true)
    {
        Pool = new(buffers);
        Chip = new(Counters);
        Device = new(Platform, Chip, Pool, Counters);
        if (start)
        {
            Platform.TimeStep = Duration.FromMicroseconds(1);
            Assert.True(Device.Begin());
            Chip.Accesses.Clear();
        }
    }

    public FakePlatform Platform { get; } = new();

    public PathCounters Counters { get; } = new("ne2000-0");

    public PacketPool Pool { get; }

    public Ne2000Chip Chip { get; }

    public Devices.Ne2000 Device { get; }

    /// <summary>Lets time pass, and the run loop do what is due.</summary>
    public List<byte[]> After(Duration time)
    {
        Platform.Time += time;
        return Wake();
    }

    /// <summary>What the run loop does: takes the interrupt if there is one, and polls until there is no work.</summary>
    public List<byte[]> Wake()
    {
        List<byte[]> frames = [];
        do
        {
            if (Chip.Line)
                Assert.True(Device.OnInterrupt());
            frames.AddRange(Device.Drain());
        }
        while (Chip.Line || !Device.Arm());

        return frames;
    }

    /// <summary>What one wake-up costs: the interrupt, a burst in, the same frames out.</summary>
    public void Echo(int burst, int length)
    {
        for (int i = 0; i < burst; i++)
            Assert.True(Chip.Arrive(Frames.Make(length, i)));
        Assert.True(Device.OnInterrupt());
        Assert.Equal(burst, Device.Receive(_burst.AsSpan(0, burst)));
        Assert.Equal(burst, Device.Transmit(_burst.AsSpan(0, burst), more: false));
        Assert.Equal(0, Device.Receive(_burst));
    }
}
