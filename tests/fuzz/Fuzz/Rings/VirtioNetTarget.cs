using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>VirtioNet against a device that moves packets, and lies.</summary>
internal sealed class VirtioNetTarget(bool packed) : NetDriverTarget
{
    private const ulong Mac = 1 << 5;
    private const ulong MergedReceive = 1 << 15;
    private const ulong LinkStatus = 1 << 16;
    private const int Rx = 0;
    private const int Tx = 1;

    private readonly PathCounters _counters = new("virtio-net0");
    private ModelVirtioDevice _device = null!;
    private VirtioFarSide _far = null!;
    private int _dishonestHeader;

    protected override bool MayBeGivenUp => _far.MayBeGivenUp || _counters[PathEvent.Reset] > 8;

    protected override bool MayKeepBuffers => _far.WasStuck;

    protected override void Make(ref Random64 random)
    {
        ulong features = Mac | LinkStatus | (ulong)VirtioFeatures.Version1
            | (random.Chance(70) ? MergedReceive : 0) | (random.Chance(50) ? (ulong)VirtioFeatures.EventIndex : 0) | (packed ? (ulong)VirtioFeatures.PackedRing : 0);
        int size = random.Pick(4, 16, 64, 256);
        _device = new(type: 1, features, [0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0, 1, 0, 0xdc, 5], size, random.Pick(4, 16, 256));
        _far = new VirtioFarSide(_device, random.Next());
        MakePool(random.Pick(40, 96, 200));
        Card = VirtioNet.TryCreate(_far.Open(_counters), Pool) ?? throw new InvalidOperationException("an honest card is not taken");
    }

    protected override void Lie(ref Random64 random)
    {
        _far.Registers.Accesses = 0;
        if (random.Chance(15))
        {
            _dishonestHeader = random.Between(1, 255);
            Say("the next header is of chance");
            return;
        }

        Say(_far.Lie(ref random, _counters));
    }

    protected override void Act(ref Random64 random)
    {
        _far.Registers.Accesses = 0;
        base.Act(ref random);
    }

    protected override bool Deliver(byte[] frame)
    {
        if (_far.Pop(Rx) is not { } chain)
            return false;
        byte[] packet = [.. new byte[12], .. frame];
        packet[10] = 1;
        if (_dishonestHeader != 0)
            packet[_dishonestHeader % 12] = (byte)(_dishonestHeader * 31);
        _dishonestHeader = 0;
        int written = chain.Write(packet);
        if (_far.Held(Rx).Count < 8)
            _far.Held(Rx).Add(chain);
        _far.Use(Rx, chain, (uint)written);
        return true;
    }

    protected override void TakeSent(bool all, ref Random64 random)
    {
        while (_far.Pop(Tx) is { } chain)
        {
            OnSent(chain.Read().AsSpan(12));
            _far.Held(Tx).Add(chain);
        }

        if (!_far.IsUp(Tx))
            return;
        List<ModelChain> held = _far.Held(Tx);
        for (int count = all ? held.Count : random.Below(held.Count + 1); count > 0; count--)
        {
            int at = random.Below(held.Count);
            ModelChain chain = held[at];
            held.RemoveAt(at);
            _far.Use(Tx, chain, 0);
        }
    }

    protected override void PassTime(ref Random64 random) => _far.Platform.Time += Duration.FromMicroseconds(random.Below(2_000_000));

    protected override void Interrupt() => _far.Interrupt(_counters);

    protected override void BecomeHonest(ref Random64 random)
    {
        _dishonestHeader = 0;
        if (!IsHonest)
            _far.BecomeHonest();
    }
}
