using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>The device's side of virtio's rings over the models of the unit tests, honest or not.</summary>
internal sealed unsafe class VirtioFarSide
{
    private const int MostInterrupts = 1500;

    private readonly ModelVirtioDevice _device;
    private readonly ModelPciVirtio _machine;
    private readonly List<ModelChain>[] _held;
    private readonly bool[] _isSpoilt;
    private readonly ulong _offered;
    private readonly byte[] _configuration;
    private int _resets;

    public VirtioFarSide(ModelVirtioDevice device, ulong seed)
    {
        _device = device;
        _machine = new ModelPciVirtio(device);
        _held = Array.ConvertAll(device.Queues, _ => new List<ModelChain>());
        _isSpoilt = new bool[device.Queues.Length];
        _offered = device.Offered;
        _configuration = [.. device.Configuration];
        Registers = new LyingRegisters(seed);
        _machine.Platform.Between = Registers.Wrap;
    }

    public LyingRegisters Registers { get; }

    public FakePlatform Platform => _machine.Platform;

    /// <summary>Whether a reset may have found a device that does not come out of it, or is not the same any more.</summary>
    public bool MayBeGivenUp { get; private set; }

    /// <summary>Whether it was ever stuck: what it had then stays its own.</summary>
    public bool WasStuck { get; private set; }

    public VirtioTransport Open(PathCounters counters) => _machine.Open(counters)!;

    /// <summary>Buffers that the device has taken and not given back.</summary>
    public List<ModelChain> Held(int queue)
    {
        ForgetAfterReset();
        return _held[queue];
    }

    public bool IsUp(int queue)
    {
        ForgetAfterReset();
        return _device.Queues[queue].Enabled && (_device.Status & VirtioStatus.DriverOk) != 0;
    }

    public ModelRing Ring(int queue) => _device.Ring(queue);

    /// <summary>Takes the next buffer, unless the ring was written over: then nobody knows what is in it.</summary>
    public ModelChain? Pop(int queue) => IsUp(queue) && !_isSpoilt[queue] ? _device.Ring(queue).Pop() : null;

    public void Use(int queue, ModelChain chain, uint written)
    {
        _device.Ring(queue).Fill(chain, written);
        Flush(queue);
    }

    public void Interrupt(PathCounters counters, int times = 1)
    {
        for (; times > 0; times--)
        {
            foreach ((IInterruptHandler handler, _) in _machine.Platform.Messages)
            {
                counters.Count(PathEvent.Interrupt);
                handler.OnInterrupt();
            }
        }
    }

    /// <summary>The device is as it was in the beginning, and wants to be reset.</summary>
    public void BecomeHonest()
    {
        Registers.Noise = 0;
        (_device.StuckInReset, _device.RefusesFeatures) = (false, false);
        _device.Offered = _offered;
        _configuration.CopyTo(_device.Configuration, 0);
        _device.AskForReset();
        InterruptForConfiguration();
    }

    /// <returns>What was done.</returns>
    public string Lie(ref Random64 random, PathCounters counters)
    {
        int queue = random.Below(_held.Length);
        bool isUp = IsUp(queue);
        switch (random.Below(16))
        {
            case 0 or 1 when isUp:
                SpoilPacked(queue);
                _device.Ring(queue).FillRaw(random.Pick(0u, 1u, 255u, 256u, 65535u, uint.MaxValue, (uint)random.Below(256)), Length(ref random), random.Pick(1, 1, 1, 2));
                Flush(queue);
                return $"queue {queue}: an id of chance";
            case 2 or 3 when isUp && _held[queue].Count > 0:
                SpoilPacked(queue);
                ModelChain again = _held[queue][random.Below(_held[queue].Count)];
                Use(queue, again, Length(ref random));
                Use(queue, again, Length(ref random));
                return $"queue {queue}: id {again.Id} twice";
            case 4 or 5 when isUp && _held[queue].Count > 0:
                ModelChain wrong = _held[queue][0];
                _held[queue].RemoveAt(0);
                Use(queue, wrong, Length(ref random));
                return $"queue {queue}: id {wrong.Id} with a length of chance";
            case 6 when isUp && _device.Ring(queue) is ModelSplitRing split:
                split.UsedIndex = (ushort)(split.UsedIndex + random.Pick(1, -1, 40000, random.Below(65536)));
                return $"queue {queue}: used.idx jumps";
            case 7 or 8 or 9 when isUp:
                return Scribble(queue, ref random);
            case 10:
                _device.AskForReset();
                if (random.Chance(80))
                    InterruptForConfiguration();
                return "asks for a reset";
            case 11:
                _device.Configuration[random.Below(_device.Configuration.Length)] = (byte)random.Next();
                _device.Generation++;
                InterruptForConfiguration();
                MayBeGivenUp = true;
                return "the configuration changes";
            case 12:
                Interrupt(counters, random.Pick(3, 30, MostInterrupts));
                return "interrupts about nothing";
            case 13 when random.Chance(10):
                Registers.Noise = random.Pick(0, 1, 30);
                MayBeGivenUp = true;
                WasStuck = true;
                return $"registers lie, {Registers.Noise} of 1000";
            case 14 when random.Chance(3):
                _device.StuckInReset = random.Chance(30);
                _device.RefusesFeatures = random.Chance(50);
                MayBeGivenUp = true;
                WasStuck |= _device.StuckInReset;
                return "does not come out of the next reset";
            case 15 when random.Chance(5):
                _device.Offered = _offered ^ (1ul << random.Pick(0, 5, 15, 16, 29, 34));
                MayBeGivenUp = true;
                return "offers something else";
            default:
                return "nothing";
        }
    }

    private void InterruptForConfiguration()
    {
        // A device whose vectors are not set up, or not yet again, cannot.
        if (_machine.ConfigurationVector < _machine.Platform.Messages.Count)
            _machine.InterruptForConfiguration();
    }

    private static uint Length(ref Random64 random) => random.Pick(0u, 1u, 11u, 12u, 13u, 4096u, 4097u, uint.MaxValue, (uint)random.Below(5000));

    // A packed ring has one place for what is offered and what is given back: a surplus one is written over what was not taken yet.
    private void SpoilPacked(int queue) => _isSpoilt[queue] |= _device.Has(VirtioFeatures.PackedRing);

    // Writes over a word that both share. A device that did so in what the driver wrote cannot know any more what it was given.
    private string Scribble(int queue, ref Random64 random)
    {
        ModelQueue registers = _device.Queues[queue];
        bool packed = _device.Has(VirtioFeatures.PackedRing);
        (ulong at, int length, bool spoils) = random.Below(3) switch
        {
            0 => (registers.Descriptors, 16 * registers.Size, true),
            1 => (registers.Driver, packed ? 4 : 6 + (2 * registers.Size), true),
            _ => (registers.Device, packed ? 4 : 6 + (8 * registers.Size), packed),
        };
        int offset = random.Below(length);
        *(byte*)(at + (ulong)offset) = random.Pick((byte)0, (byte)1, (byte)0x80, (byte)0xff, (byte)random.Next());
        _isSpoilt[queue] |= spoils;
        return $"queue {queue}: byte {offset} of {length} is written over";
    }

    private void Flush(int queue)
    {
        try
        {
            _device.Ring(queue).Flush();
        }
        catch (Xunit.Sdk.XunitException) when (_isSpoilt[queue])
        {
            // What it says that the driver wrote, it wrote itself.
        }
    }

    private void ForgetAfterReset()
    {
        if (_resets == _device.Resets)
            return;
        _resets = _device.Resets;
        Array.Clear(_isSpoilt);
        foreach (List<ModelChain> held in _held)
            held.Clear();
    }
}
