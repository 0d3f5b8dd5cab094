using System;
using System.Collections.Generic;
using FsCheck.Xunit;
using Guest.Core.Diagnostics;
using Guest.Pv.Virtio;
using Guest.Testing;

namespace Guest.Pv.Tests.Virtio;

/// <summary>Any interleaving of both sides neither loses nor doubles a buffer.</summary>
public class VirtqueueProperties
{
    private const int Size = 8;

    [Property(MaxTest = 300)]
    public void Split(ushort start, byte[] steps, bool eventIndex, bool indirect)
    {
        SplitQueue queue = new(0, Size, new PathCounters("virtio0"), eventIndex, indirect ? 4 : 0);
        ModelSplitRing device = new(Size, queue.DescriptorArea, queue.DriverArea, queue.DeviceArea, eventIndex);
        Spin(queue, device, start % 200);
        Interleave(queue, device, steps);
    }

    [Property(MaxTest = 300)]
    public void Packed(ushort start, byte[] steps, bool eventIndex, bool indirect)
    {
        PackedQueue queue = new(0, Size, new PathCounters("virtio0"), eventIndex, indirect ? 4 : 0);
        ModelPackedRing device = new(Size, queue.DescriptorArea, queue.DriverArea, queue.DeviceArea, eventIndex);
        Spin(queue, device, start % 200);
        Interleave(queue, device, steps);
    }

    [Property(MaxTest = 300)]
    public void A_packed_ring_survives_any_content_of_its_descriptors(byte[] steps, byte[] noise)
    {
        PackedQueue queue = new(0, Size, new PathCounters("virtio0"), eventIndex: true);
        Survive(queue, queue.DescriptorArea, Size * 16, steps, noise);
    }

    [Property(MaxTest = 300)]
    public void A_split_ring_survives_any_content_of_its_device_area(byte[] steps, byte[] noise)
    {
        SplitQueue queue = new(0, Size, new PathCounters("virtio0"), eventIndex: true);
        Survive(queue, queue.DeviceArea, 4 + (Size * 8) + 2, steps, noise);
    }

    private static void Survive(Virtqueue queue, ulong area, int length, byte[] steps, byte[] noise)
    {
        HashSet<int> inFlight = [];
        int at = 0;
        foreach (byte step in steps)
        {
            if (noise.Length != 0)
                Scribble(area, length, noise, ref at);
            if (step % 2 == 0)
            {
                int id = queue.Add(0x1000, 64, deviceWrites: true);
                Assert.True(id < 0 || inFlight.Add(id));
            }

            queue.Publish();
            int taken = queue.Take(out uint written);
            Assert.True(taken < 0 || (inFlight.Remove(taken) && written <= 64));
        }
    }

    /// <summary>Moves the free-running indices on, so that some runs cross a wrap of the ring.</summary>
    private static void Spin(Virtqueue queue, ModelRing device, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.True(queue.Add(0, 1, deviceWrites: true) >= 0);
            queue.Publish();
            device.Use(device.Pop()!, 1);
            Assert.True(queue.Take(out _) >= 0);
        }
    }

    private static void Interleave(Virtqueue queue, ModelRing device, byte[] steps)
    {
        Dictionary<int, ulong> given = [];      // id -> address of its first piece
        List<ModelChain> held = [];             // popped by the device
        ulong next = 0x1000;
        int returned = 0;
        foreach (byte step in steps)
        {
            switch (step % 5)
            {
                case 0:
                    int pieces = 1 + (step / 5 % 3);
                    VirtioSegment[] segments = new VirtioSegment[pieces];
                    for (int i = 0; i < pieces; i++)
                        segments[i] = new(next += 0x1000, 100);
                    int id = queue.Add(segments, readable: 0);
                    if (id >= 0)
                        given.Add(id, segments[0].Address);
                    else
                        Assert.True(queue.Free < pieces);
                    break;
                case 1:
                    queue.Publish();
                    break;
                case 2 when device.Pop() is { } chain:
                    Assert.Equal(given[chain.Id], chain.Segments[0].Address);
                    held.Add(chain);
                    break;
                case 3 when held.Count != 0:
                    int which = step / 5 % held.Count;
                    device.Use(held[which], (uint)held[which].Segments.Count);
                    held.RemoveAt(which);
                    returned++;
                    break;
                case 4:
                    int taken = queue.Take(out _);
                    Assert.Equal(returned != 0, taken >= 0);
                    if (taken >= 0)
                    {
                        Assert.True(given.Remove(taken));
                        returned--;
                    }

                    break;
            }

            Assert.Equal(VirtqueueViolation.None, queue.Violation);
        }

        queue.Publish();
        foreach (ModelChain chain in held)
            device.Use(chain, 0);
        foreach (ModelChain chain in device.PopAll())
            device.Use(chain, 0);
        for (int id = queue.Take(out _); id >= 0; id = queue.Take(out _))
            Assert.True(given.Remove(id));
        Assert.Empty(given);
        Assert.Equal(queue.Size, queue.Free);
    }

    private static unsafe void Scribble(ulong area, int length, byte[] noise, ref int at)
    {
        Span<byte> bytes = new((void*)area, length);
        for (int i = 0; i < 4; i++)
        {
            byte value = noise[at++ % noise.Length];
            bytes[(value * 7 + i) % length] = (byte)(value >> (i & 3));
        }
    }
}
