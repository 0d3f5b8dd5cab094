using System;
using Guest.Core.Memory;

namespace Guest.Pv.Virtio;

// Buffers of several pieces: chains of descriptors (virtio 1.2, 2.7.5), and tables of them that one descriptor names (2.7.5.3).
public sealed unsafe partial class SplitQueue
{
    /// <inheritdoc/>
    public override int Add(ReadOnlySpan<VirtioSegment> segments, int readable, int name = -1)
    {
        if (segments.Length == 1)
            return Add(segments[0].Address, segments[0].Length, readable == 0, name);
        return segments.Length <= _indirectSegments ? AddIndirect(segments, readable, name) : AddChain(segments, readable, name);
    }

    /// <inheritdoc/>
    public override int AddTables(ReadOnlySpan<VirtioBuffer> tables, int pieces) => AddSingles(
        tables, writable: uint.MaxValue, length: 0, (uint)(pieces * DescriptorSize) | ((ulong)VIRTQ_DESC_F_INDIRECT << FlagsShift));

    /// <inheritdoc/>
    public override ulong TableWord(uint length, bool deviceWrites, int next)
    {
        int flags = (deviceWrites ? VIRTQ_DESC_F_WRITE : 0) | (next != 0 ? VIRTQ_DESC_F_NEXT : 0);
        return length | ((ulong)(uint)flags << FlagsShift) | ((ulong)(uint)next << NextShift);
    }

    private int AddChain(ReadOnlySpan<VirtioSegment> segments, int readable, int name)
    {
        if (segments.Length > Free)
            return -1;
        int id = _firstFree;
        int at = id;
        uint writable = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            bool more = i + 1 < segments.Length;
            int next = _slots[at].Next;
            ushort flags = SegmentFlags(segments[i], i < readable, ref writable);
            WriteDescriptor(
                _descriptors, at, segments[i].Address, segments[i].Length, (ushort)(more ? flags | VIRTQ_DESC_F_NEXT : flags), more ? next : 0);
            at = next;
        }

        _firstFree = (ushort)at;
        ref Slot slot = ref _slots[id];
        slot.Limit = writable + 1;
        slot.Name = name < 0 ? id : name;
        slot.Added = _added;
        slot.Descriptors = (ushort)segments.Length;
        Offer(id, segments.Length);
        return id;
    }

    private int AddIndirect(ReadOnlySpan<VirtioSegment> segments, int readable, int name)
    {
        if (Free == 0)
            return -1;
        int id = _firstFree;
        ulong* table = _indirect + (id * _indirectSegments * WordsPerDescriptor);
        uint writable = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            bool more = i + 1 < segments.Length;
            ushort flags = SegmentFlags(segments[i], i < readable, ref writable);
            WriteDescriptor(
                table, i, segments[i].Address, segments[i].Length, (ushort)(more ? flags | VIRTQ_DESC_F_NEXT : flags), more ? i + 1 : 0);
        }

        ref Slot slot = ref _slots[id];
        _firstFree = slot.Next;
        slot.Limit = writable + 1;
        slot.Name = name < 0 ? id : name;
        slot.Added = _added;
        WriteDescriptor(
            _descriptors, id, DeviceMemory.AddressOf(table), (uint)(segments.Length * DescriptorSize), VIRTQ_DESC_F_INDIRECT, next: 0);
        Offer(id, descriptors: 1);
        return id;
    }

    private static ushort SegmentFlags(VirtioSegment segment, bool readable, ref uint writable)
    {
        if (readable)
            return 0;
        writable += segment.Length;
        return VIRTQ_DESC_F_WRITE;
    }
}
