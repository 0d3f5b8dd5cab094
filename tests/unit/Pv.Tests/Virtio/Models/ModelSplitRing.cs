using System;
using System.Collections.Generic;

namespace Guest.Testing;

/// <summary>The device's side of a split ring (virtio 1.2, 2.7).</summary>
public sealed unsafe class ModelSplitRing(int size, ulong descriptors, ulong available, ulong used, bool eventIndex) : ModelRing
{
    private ushort _popped;
    private ushort _filled;
    private ushort _flushed;

    /// <summary>avail.idx, as the driver wrote it.</summary>
    public ushort AvailableIndex => ((ushort*)available)[1];

    /// <summary>used.idx; a lying device sets it as it likes.</summary>
    public ushort UsedIndex
    {
        get => ((ushort*)used)[1];
        set => ((ushort*)used)[1] = value;
    }

    /// <summary>used_event, where the driver wants an interrupt.</summary>
    public ushort UsedEvent => ((ushort*)available)[2 + size];

    /// <summary>avail.flags.</summary>
    public ushort AvailableFlags => ((ushort*)available)[0];

    public override ModelChain? Pop()
    {
        if (_popped == AvailableIndex)
            return null;
        ushort head = ((ushort*)available)[2 + (_popped++ % size)];
        List<(ulong, uint, bool)> segments = [];
        int count = 0;
        Walk(descriptors, head, size, segments, ref count);
        return new(head, count, segments);
    }

    public override void Fill(ModelChain chain, uint written) => FillRaw(chain.Id, written);

    public override void FillRaw(uint id, uint written, int descriptors = 1)
    {
        uint* element = (uint*)(used + 4 + ((ulong)(_filled++ % size) * 8));
        element[0] = id;
        element[1] = written;
    }

    public override bool Flush()
    {
        ushort old = _flushed;
        UsedIndex = _flushed = _filled;
        return eventIndex
            ? (ushort)(_flushed - UsedEvent - 1) < (ushort)(_flushed - old)
            : _flushed != old && (AvailableFlags & 1) == 0;
    }

    public override void WantNotification() => SetWish(_popped, flags: 0);

    public override void RefuseNotification() => SetWish((ushort)(_popped - 1), flags: 1);

    private static void Walk(ulong table, int at, int limit, List<(ulong Address, uint Length, bool DeviceWrites)> segments, ref int count)
    {
        while (true)
        {
            count++;
            Assert.InRange(count, 1, limit);
            ulong* descriptor = (ulong*)(table + ((ulong)at * 16));
            uint length = (uint)descriptor[1];
            int flags = (int)(descriptor[1] >> 32) & 0xffff;
            if ((flags & 4) != 0)
            {
                Assert.Equal(0, flags & 1);
                int inner = 0;
                Walk(descriptor[0], 0, (int)length / 16, segments, ref inner);
                return;
            }

            Assert.False(segments.Count > 0 && segments[^1].DeviceWrites && (flags & 2) == 0, "readable after writable (2.7.4.2)");
            segments.Add((descriptor[0], length, (flags & 2) != 0));
            if ((flags & 1) == 0)
                return;
            at = (int)(descriptor[1] >> 48);
        }
    }

    private void SetWish(ushort index, ushort flags)
    {
        if (eventIndex)
            *(ushort*)(used + 4 + ((ulong)size * 8)) = index;
        else
            ((ushort*)used)[0] = flags;
    }
}
