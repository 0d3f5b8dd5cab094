using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Net.Devices.Tests.E1000;

public class E1000Properties
{
    /// <summary>Whatever the interleaving of arrivals, bursts taken and bursts sent, each frame is seen once, in order and whole.</summary>
    [Property(MaxTest = 50)]
    public void Nothing_is_lost_doubled_or_reordered(byte[] script, bool is82574)
    {
        E1000Bench bench = new(is82574, buffers: 64);
        Queue<byte[]> expected = [];
        List<byte[]> echoed = [];
        PacketBuffer[] burst = new PacketBuffer[20];
        int seed = 0;
        foreach (byte step in script.Concat(new byte[] { 21, 21, 21 }))
        {
            for (int i = 0; i < step % 22; i++)
            {
                byte[] frame = Frames.Make(14 + (step * 5), ++seed);
                if (bench.Chip.Arrive(frame))
                    expected.Enqueue(frame);
            }

            int count = bench.Device.Receive(burst.AsSpan(0, (step % 20) + 1));
            for (int i = 0; i < count; i++)
            {
                byte[] frame = expected.Dequeue();
                Assert.Equal(frame, burst[i].Data.ToArray());
                echoed.Add(frame);
            }

            Assert.Equal(count, bench.Device.Transmit(burst.AsSpan(0, count), more: step % 3 == 0));
        }

        bench.Device.Transmit([], more: false);
        Assert.Equal(expected, bench.Device.Drain());
        Assert.Equal(echoed, bench.Chip.Sent);
    }

    /// <summary>Whatever a hostile chip writes back, nothing is thrown, no buffer is lost, and it works again once it behaves.</summary>
    [Property(MaxTest = 100)]
    public void Nonsense_in_descriptors_breaks_the_device_and_nothing_else((byte Status, byte Errors, ushort Length)[] replies, bool is82574)
    {
        E1000Bench bench = new(is82574, buffers: 64);
        foreach ((byte status, byte errors, ushort length) in replies)
        {
            bench.Chip.Arrive(Frames.Make(60), status, errors, length);
            bench.After(Duration.FromMilliseconds(100));
        }

        // Force a clean start, for an arrival without DD leaves the ring waiting for ever: no driver can tell it from quiet.
        bench.Chip.TransmitterHangs = true;
        bench.Device.Send(bench.Pool, Frames.Make(60));
        for (int i = 0; i < 4; i++)
            bench.After(Duration.FromSeconds(3));
        bench.Chip.TransmitterHangs = false;
        bench.After(Duration.FromSeconds(3));
        Assert.True(bench.Device.LinkUp);
        Assert.True(bench.Chip.Arrive(Frames.Make(99)));

        Assert.Equal(Frames.Make(99), Assert.Single(bench.Device.Drain()));
        Assert.InRange(bench.Pool.Available, 64 - 31, 64 - 31 + 7);
        Assert.True(bench.Counters[PathEvent.Violation] > 0);
    }
}
