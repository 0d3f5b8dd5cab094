using System;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Core.Randomness;
using Guest.Core.Time;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

/// <summary>The entropy device: what it says changes the numbers, and what it does not say, or says wrongly, changes nothing and takes no time to speak of.</summary>
public sealed class VirtioEntropyTests
{
    private static readonly byte[] s_told = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly ModelVirtioDevice _device = new(type: 4, (ulong)VirtioFeatures.Version1, new byte[16], 8);
    private readonly RandomGenerator _random = new(seed: 1);
    private readonly ModelPciVirtio _machine;

    public VirtioEntropyTests()
    {
        _machine = new ModelPciVirtio(_device);
        _machine.Platform.TimeStep = Duration.FromMicroseconds(1);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData((ulong)VirtioFeatures.PackedRing)]
    public void What_it_says_seeds_the_generator(ulong features)
    {
        _device.Offered |= features;
        _device.OnNotify = queue => Answer(queue, s_told, s_told.Length);

        Assert.Equal(32, Seed());

        RandomGenerator expected = new(seed: 1);
        expected.Mix(s_told);
        Assert.Equal(expected.NextUInt64(), _random.NextUInt64());
        Assert.NotEqual(new RandomGenerator(seed: 1).NextUInt64(), _random.NextUInt64());
        Assert.Equal(VirtioStatus.None, _device.Status); // it was given up
        Assert.Equal(1, _device.Notified.Count(queue => queue == 0));
    }

    [Fact]
    public void Fewer_bytes_than_were_asked_for_are_taken_too()
    {
        _device.OnNotify = queue => Answer(queue, s_told.AsSpan(0, 5), 5);

        Assert.Equal(5, Seed());

        RandomGenerator expected = new(seed: 1);
        expected.Mix(s_told.AsSpan(0, 5));
        Assert.Equal(expected.NextUInt64(), _random.NextUInt64());
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("nothing")]
    [InlineData("too much")]
    [InlineData("another buffer")]
    [InlineData("stuck")]
    [InlineData("no queue")]
    [InlineData("features")]
    public void One_that_says_nothing_or_lies_does_no_harm(string how)
    {
        ModelVirtioDevice device = how == "no queue" ? new(type: 4, (ulong)VirtioFeatures.Version1, new byte[16], 0) : _device;
        ModelPciVirtio machine = new(device);
        machine.Platform.TimeStep = Duration.FromMicroseconds(1);
        device.RefusesFeatures = how == "features";
        device.OnNotify = how switch
        {
            "nothing" => queue => Answer(queue, [], 0),
            "too much" => queue => Answer(queue, s_told, 5000),
            "another buffer" => queue =>
            {
                device.Ring(queue).FillRaw(id: 7, written: 32);
                device.Ring(queue).Flush();
            }
            ,
            "stuck" => _ => device.StuckInReset = true,
            _ => null,
        };

        Assert.Equal(0, VirtioEntropy.Seed(_random, machine.Open(new PathCounters("virtio-rng0"))!, machine.Platform));

        Assert.InRange(machine.Platform.Time.Nanoseconds, 0, 100_000_000);
        Assert.Equal(new RandomGenerator(seed: 1).NextUInt64(), _random.NextUInt64());
    }

    private int Seed() => VirtioEntropy.Seed(_random, _machine.Open(new PathCounters("virtio-rng0"))!, _machine.Platform);

    private void Answer(int queue, ReadOnlySpan<byte> bytes, int written)
    {
        ModelRing ring = _device.Ring(queue);
        ModelChain chain = ring.Pop()!;
        Assert.Equal(32, chain.Writable);
        chain.Write(bytes);
        ring.Use(chain, (uint)written);
    }
}
