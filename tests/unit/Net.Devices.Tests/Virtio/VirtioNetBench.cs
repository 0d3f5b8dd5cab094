using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>A virtio card on a device that the test plays.</summary>
public abstract class VirtioNetBench
{
    protected const ulong Checksum = 1 << 0;
    protected const ulong GuestChecksum = 1 << 1;
    protected const ulong MtuFeature = 1 << 3;
    protected const ulong Mac = 1 << 5;
    protected const ulong GuestTso4 = 1 << 7;
    protected const ulong HostTso4 = 1 << 11;
    protected const ulong HostTso6 = 1 << 12;
    protected const ulong MergedReceive = 1 << 15;
    protected const ulong LinkStatus = 1 << 16;
    protected const ulong All = Checksum | GuestChecksum | MtuFeature | Mac | MergedReceive | LinkStatus;
    protected const int Rx = 0;
    protected const int Tx = 1;
    protected const int Header = 12;

    protected PathCounters Counters { get; } = new("virtio-net0");

    protected PacketPool Pool { get; } = new(96);

    protected PacketBuffer[] Burst { get; } = new PacketBuffer[16];

    protected static byte[] Frame(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    protected static byte[] Configuration(ushort mtu = 1400)
    {
        byte[] bytes = [0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), mtu);
        return bytes;
    }

    protected static ModelVirtioDevice Device(ulong features, int ringSize = 256, byte[]? configuration = null) =>
        new(type: 1, features | (ulong)(VirtioFeatures.Version1 | VirtioFeatures.EventIndex), configuration ?? Configuration(),
            ringSize, ringSize);

    protected static bool Deliver(ModelPciVirtio model, byte[] frame, byte flags = 0, byte type = 0)
    {
        ModelRing ring = model.Device.Ring(Rx);
        byte[] packet = [flags, type, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, .. frame];
        ModelChain first = ring.Pop()!;
        List<(ModelChain Chain, int Length)> used = [(first, Math.Min(first.Writable, packet.Length))];
        for (int at = used[0].Length; at < packet.Length; at += used[^1].Length)
        {
            ModelChain next = ring.Pop()!;
            used.Add((next, next.Write(packet.AsSpan(at))));
        }

        packet[10] = (byte)used.Count;
        first.Write(packet);
        foreach (var (chain, length) in used)
            ring.Fill(chain, (uint)length);
        return ring.Flush();
    }

    protected (VirtioNet Card, ModelPciVirtio Model) Make(ulong features, int ringSize = 256, byte[]? configuration = null, bool msix = true)
    {
        ModelPciVirtio model = new(Device(features, ringSize, configuration), msix);
        return (VirtioNet.TryCreate(model.Open(Counters)!, Pool)!, model);
    }

    protected PacketBuffer Buffer(byte[] frame, int offset = PacketBuffer.Headroom)
    {
        PacketBuffer buffer = Pool.TryTake()!;
        buffer.Offset = offset;
        buffer.Length = frame.Length;
        frame.CopyTo(buffer.Data);
        return buffer;
    }

    /// <summary>Takes every buffer of the pool, the stock and the receive ring.</summary>
    protected List<PacketBuffer> EmptyRing(VirtioNet card, ModelPciVirtio model)
    {
        List<PacketBuffer> taken = [];
        while (Pool.TryTake() is { } buffer)
            taken.Add(buffer);
        while (taken.Count != 96)
        {
            Deliver(model, Frame(60));
            taken.Add(ReceiveOne(card));
        }

        foreach (PacketBuffer buffer in taken)
            buffer.Length = 60;
        return taken;
    }

    protected PacketBuffer ReceiveOne(VirtioNet card)
    {
        Assert.Equal(1, card.Receive(Burst));
        return Burst[0];
    }
}
