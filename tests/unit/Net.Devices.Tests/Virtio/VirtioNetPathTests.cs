using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Net.Devices.Tests.Virtio;

/// <summary>The same conversation with the card over every transport, ring and feature set that a host may offer.</summary>
public class VirtioNetPathTests
{
    private const ulong Mac = 1 << 5;
    private const ulong MergedReceive = 1 << 15;
    private const ulong LinkStatus = 1 << 16;
    private const int Rx = 0;
    private const int Tx = 1;

    private readonly PathCounters _counters = new("virtio-net0");
    private readonly PacketPool _pool = new(96);
    private readonly PacketBuffer[] _burst = new PacketBuffer[16];

    public static TheoryData<string, ulong> Paths
    {
        get
        {
            TheoryData<string, ulong> data = [];
            foreach (string transport in (string[])["pci", "pci-line", "mmio", "mmio-legacy", "pci-legacy", "pci-legacy-line"])
            {
                foreach (ulong eventIndex in (ulong[])[0, (ulong)VirtioFeatures.EventIndex])
                {
                    data.Add(transport, eventIndex | MergedReceive);
                    data.Add(transport, eventIndex);
                    if (!transport.Contains("legacy"))
                        data.Add(transport, eventIndex | MergedReceive | (ulong)VirtioFeatures.PackedRing);
                    else
                        data.Add(transport, eventIndex | (ulong)VirtioFeatures.AnyLayout);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Frames_are_echoed_through_several_rounds_of_the_ring(string transport, ulong features)
    {
        ModelMachine machine = Machine(transport, features);
        VirtioNet card = VirtioNet.TryCreate(machine.Open(_counters)!, _pool)!;
        Assert.Equal(new MacAddress(0x5254_0012_3456), card.Address);
        int header = HeaderSize(machine.Device);
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            byte[][] frames = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => Frame(random))];
            foreach (byte[] frame in frames)
                Deliver(machine.Device, frame, header);
            Assert.Equal(frames.Length, card.Receive(_burst));
            Assert.Equal(frames.Length, card.Transmit(_burst.AsSpan(0, frames.Length), more: false));

            ModelRing ring = machine.Device.Ring(Tx);
            List<ModelChain> sent = ring.PopAll();
            Assert.Equal(frames.Length, sent.Count);
            for (int i = 0; i < frames.Length; i++)
                Assert.True(sent[i].Read().AsSpan(header).SequenceEqual(frames[i]));
            foreach (ModelChain chain in sent.OrderBy(_ => random.Next()))
                ring.Use(chain, 0);
        }

        Assert.Equal(0, card.Receive(_burst));
        Assert.Equal((0, 0, 0),
            (_counters[PathEvent.Violation], _counters[PathEvent.Reset], _counters[PathEvent.CopiedBytes]));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Arming_loses_no_arrival(string transport, ulong features)
    {
        ModelMachine machine = Machine(transport, features);
        VirtioNet card = VirtioNet.TryCreate(machine.Open(_counters)!, _pool)!;
        int header = HeaderSize(machine.Device);
        Assert.True(card.Arm());
        Assert.True(Deliver(machine.Device, new byte[60], header));
        Assert.False(card.Arm());
        Assert.Equal(1, card.Receive(_burst));
        Assert.False(Deliver(machine.Device, new byte[60], header));
        Assert.Equal(1, card.Receive(_burst));
        Assert.True(card.Arm());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_lie_is_survived_and_the_link_is_followed(string transport, ulong features)
    {
        ModelMachine machine = Machine(transport, features);
        VirtioNet card = VirtioNet.TryCreate(machine.Open(_counters)!, _pool)!;
        machine.Device.Ring(Rx).FillRaw(id: 60000, written: 1);
        machine.Device.Ring(Rx).Flush();
        card.Receive(_burst);
        Assert.Equal((1, 1), (_counters[PathEvent.Violation], _counters[PathEvent.Reset]));

        machine.Device.Configuration[6] = 0;
        machine.InterruptForConfiguration();
        card.Receive(_burst);
        Assert.False(card.LinkUp);

        Deliver(machine.Device, new byte[61], HeaderSize(machine.Device));
        Assert.Equal(1, card.Receive(_burst));
        Assert.Equal(61, _burst[0].Length);
    }

    private static int HeaderSize(ModelVirtioDevice device) =>
        device.Has(VirtioFeatures.Version1) || (device.Accepted & MergedReceive) != 0 ? 12 : 10;

    private static byte[] Frame(Random random)
    {
        byte[] frame = new byte[random.Next(14, 1515)];
        random.NextBytes(frame);
        return frame;
    }

    private static bool Deliver(ModelVirtioDevice device, byte[] frame, int header)
    {
        byte[] packet = [.. new byte[header], .. frame];
        if (header == 12)
            packet[10] = 1;
        ModelRing ring = device.Ring(Rx);
        ModelChain chain = ring.Pop()!;
        bool legacy = (device.Accepted >> 32) == 0;
        if (legacy && !device.Has(VirtioFeatures.AnyLayout))
            Assert.Equal((2, (uint)header), (chain.Segments.Count, chain.Segments[0].Length)); // the header by itself
        return ring.Use(chain, (uint)chain.Write(packet));
    }

    private ModelMachine Machine(string transport, ulong features)
    {
        ModelVirtioDevice device = new(
            type: 1, features | Mac | LinkStatus | (ulong)VirtioFeatures.Version1, [0x52, 0x54, 0, 0x12, 0x34, 0x56, 1, 0], 256, 256);
        return transport switch
        {
            "pci" => new ModelPciVirtio(device),
            "pci-line" => new ModelPciVirtio(device, msix: false),
            "mmio" => new ModelMmioVirtio(device, version: 2),
            "mmio-legacy" => new ModelMmioVirtio(device, version: 1),
            "pci-legacy" => new ModelLegacyPciVirtio(device, msix: true),
            _ => new ModelLegacyPciVirtio(device, msix: false),
        };
    }
}
