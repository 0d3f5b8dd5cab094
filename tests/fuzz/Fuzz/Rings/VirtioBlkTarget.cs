using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Virtio;
using Guest.Storage.Devices;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>VirtioBlk against a disk that holds requests, answers in any order, and lies.</summary>
internal sealed class VirtioBlkTarget(bool packed) : BlockDriverTarget
{
    private const ulong SegmentsMax = 1 << 2;
    private const ulong BlockSize = 1 << 6;
    private const ulong Flush = 1 << 9;
    private const int HeaderSize = 16;
    private const int SectorSize = 512;

    private readonly PathCounters _counters = new("virtio-blk0");
    private readonly byte[] _content = new byte[DiskBytes];
    private VirtioFarSide _far = null!;
    private bool _fails;

    protected override Instant Now => _far.Platform.Time;

    protected override bool MayBeGone => _far.MayBeGivenUp || _counters[PathEvent.Reset] > 8;

    protected override void Make(ref Random64 random)
    {
        ulong features = SegmentsMax | BlockSize | Flush | (ulong)VirtioFeatures.Version1 | (packed ? (ulong)VirtioFeatures.PackedRing : 0)
            | (random.Chance(50) ? (ulong)VirtioFeatures.EventIndex : 0) | (random.Chance(50) ? (ulong)VirtioFeatures.IndirectDescriptors : 0);
        byte[] configuration = new byte[60];
        BinaryPrimitives.WriteInt64LittleEndian(configuration, DiskBytes / SectorSize);
        BinaryPrimitives.WriteInt32LittleEndian(configuration.AsSpan(12), 20);
        BinaryPrimitives.WriteInt32LittleEndian(configuration.AsSpan(20), SectorSize);
        ModelVirtioDevice device = new(type: 2, features, configuration, random.Pick(8, 64, 256));
        // While the driver looks for the disk it asks and waits.
        device.OnNotify = _ => ServeAll();
        _far = new VirtioFarSide(device, random.Next());
        VirtioBlk? disk = VirtioBlk.TryCreate(_far.Open(_counters), _far.Platform);
        Assert.NotNull(disk);
        device.OnNotify = null;
        MakeQueue(disk, _far.Platform, _content);
    }

    protected override void Act(ref Random64 random)
    {
        _far.Registers.Accesses = 0;
        base.Act(ref random);
    }

    protected override void Lie(ref Random64 random)
    {
        _far.Registers.Accesses = 0;
        if (random.Chance(10))
            _fails = !_fails;
        else
            Say(_far.Lie(ref random, _counters));
    }

    protected override void PassTime(Duration time) => _far.Platform.Time += time;

    protected override void BecomeHonest()
    {
        _fails = false;
        if (!IsHonest)
            _far.BecomeHonest();
    }

    protected override void Serve(bool all, ref Random64 random)
    {
        while (_far.Pop(0) is { } chain)
            _far.Held(0).Add(chain);
        if (!_far.IsUp(0))
            return;
        List<ModelChain> held = _far.Held(0);
        for (int count = all ? held.Count : random.Below(held.Count + 1); count > 0; count--)
        {
            int at = random.Below(held.Count);
            ModelChain chain = held[at];
            held.RemoveAt(at);
            _far.Use(0, chain, Execute(chain));
        }

        _far.Interrupt(_counters);
    }

    private void ServeAll()
    {
        while (_far.Pop(0) is { } chain)
            _far.Use(0, chain, Execute(chain));
    }

    private uint Execute(ModelChain chain)
    {
        byte[] read = chain.Read();
        if (read.Length < HeaderSize || chain.Writable < 1)
            return 0;
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(read);
        long at = BinaryPrimitives.ReadInt64LittleEndian(read.AsSpan(8)) * SectorSize;
        byte[] data = new byte[chain.Writable - 1];
        int length = type == 0 ? data.Length : read.Length - HeaderSize;
        bool isInside = at >= 0 && length >= 0 && at <= DiskBytes - length;
        if (IsHonest)
            Assert.True(isInside);
        byte status = (byte)(_fails || !isInside ? 1 : 0);
        if (status == 0 && type == 0)
            _content.AsSpan((int)at, length).CopyTo(data);
        else if (status == 0 && type == 1)
            read.AsSpan(HeaderSize).CopyTo(_content.AsSpan((int)at));
        return (uint)chain.Write([.. data, status]);
    }
}
