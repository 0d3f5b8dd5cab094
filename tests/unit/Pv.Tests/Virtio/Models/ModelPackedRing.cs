using System.Collections.Generic;

namespace Guest.Testing;

/// <summary>The device's side of a packed ring (virtio 1.2, 2.8).</summary>
public sealed unsafe class ModelPackedRing(int size, ulong ring, ulong driverEvent, ulong deviceEvent, bool eventIndex) : ModelRing
{
    private const int Available = 1 << 7;
    private const int Used = 1 << 15;

    private readonly List<(int At, ushort Flags)> _held = [];
    private int _next;
    private bool _nextWrap = true;
    private int _used;
    private bool _usedWrap = true;
    private int _flushedFrom;

    public override ModelChain? Pop()
    {
        List<(ulong, uint, bool)> segments = [];
        int count = 0;
        ushort id;
        int flags;
        do
        {
            flags = FlagsAt(_next);
            bool mine = (flags & Available) != 0 == _nextWrap && (flags & Used) != 0 != _nextWrap;
            if (count == 0 && !mine)
                return null;
            Assert.True(mine, "a chain that is available only in part");
            ulong address = *(ulong*)(ring + ((ulong)_next * 16));
            uint length = *(uint*)(ring + ((ulong)_next * 16) + 8);
            id = *(ushort*)(ring + ((ulong)_next * 16) + 12);
            if ((flags & 4) != 0)
                ReadTable(address, (int)length / 16, segments);
            else
                segments.Add((address, length, (flags & 2) != 0));
            count++;
            Advance(ref _next, ref _nextWrap, 1);
        }
        while ((flags & 1) != 0);
        return new(id, count, segments);
    }

    public override void Fill(ModelChain chain, uint written) => FillRaw(chain.Id, written, chain.Descriptors);

    public override void FillRaw(uint id, uint written, int descriptors)
    {
        *(uint*)(ring + ((ulong)_used * 16) + 8) = written;
        *(ushort*)(ring + ((ulong)_used * 16) + 12) = (ushort)id;
        _held.Add((_used, _usedWrap ? (ushort)(Available | Used) : (ushort)0));
        if (_held.Count == 1)
            _flushedFrom = _used;
        Advance(ref _used, ref _usedWrap, descriptors);
    }

    public override bool Flush()
    {
        if (_held.Count == 0)
            return false;
        for (int i = _held.Count - 1; i >= 0; i--)
            *(ushort*)(ring + ((ulong)_held[i].At * 16) + 14) = _held[i].Flags;
        _held.Clear();
        int wish = *(ushort*)(driverEvent + 2) & 3;
        if (wish != 2)
            return wish == 0;
        Assert.True(eventIndex, "RING_EVENT_FLAGS_DESC without VIRTIO_F_EVENT_IDX (2.8.10)");
        int at = *(ushort*)driverEvent & 0x7fff;
        Assert.InRange(at, 0, size - 1);
        for (int i = _flushedFrom; i != _used; i = (i + 1) % size)
        {
            if (i == at)
                return true;
        }

        return false;
    }

    public override void WantNotification() =>
        *(uint*)deviceEvent = eventIndex ? (uint)(_next | (_nextWrap ? 1 << 15 : 0) | (2 << 16)) : 0;

    public override void RefuseNotification() => *(uint*)deviceEvent = 1 << 16;

    private static void ReadTable(ulong table, int count, List<(ulong Address, uint Length, bool DeviceWrites)> segments)
    {
        for (int i = 0; i < count; i++, table += 16)
            segments.Add((*(ulong*)table, *(uint*)(table + 8), (*(ushort*)(table + 14) & 2) != 0));
    }

    private int FlagsAt(int at) => *(ushort*)(ring + ((ulong)at * 16) + 14);

    private void Advance(ref int at, ref bool wrap, int count)
    {
        at += count;
        if (at < size)
            return;
        at -= size;
        wrap = !wrap;
    }
}
