using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Pv.Virtio;

/// <summary>The split ring (virtio 1.2, 2.7): a descriptor table, a ring of what is available, a ring of what was used.</summary>
/// <remarks>
/// Three indices, 16 bits each, run freely and only forward:
/// <code>
///   _taken  ≤  used.idx  ≤  _published = avail.idx  ≤  _added        (as distances, modulo 65,536)
/// </code>
/// The driver owns all but used.idx, which is believed only while it keeps to its place. Free descriptors form a list in the
/// driver's own memory, because a device can write to the table.
/// </remarks>
public sealed unsafe class SplitQueue : Virtqueue
{
    /// <summary>The used ring's alignment in the legacy layout, where the three parts are one block (virtio 1.2, 2.7.2).</summary>
    public const int LegacyAlignment = DeviceMemory.PageSize;

    /// <summary>The used ring's alignment where only the specification's 4 bytes are demanded: a cache line of its own.</summary>
    public const int ModernAlignment = 64;

    private const int DescriptorSize = 16;

    private const ushort VIRTQ_DESC_F_NEXT = 1;
    private const ushort VIRTQ_DESC_F_WRITE = 2;
    private const ushort VIRTQ_DESC_F_INDIRECT = 4;
    private const ushort VIRTQ_AVAIL_F_NO_INTERRUPT = 1;
    private const ushort VIRTQ_USED_F_NO_NOTIFY = 1;

    // Both rings begin with 16-bit flags and a 16-bit index.
    private const int RingFlags = 0;
    private const int RingIndex = 1;
    private const int RingEntries = 2;
    private const int UsedElementSize = 8;

    private readonly int _mask;
    private readonly bool _eventIndex;
    private readonly int _indirectSegments;
    private readonly byte* _memory;
    private readonly int _pages;
    private readonly ulong* _descriptors;
    private readonly ushort* _available;
    private readonly ushort* _used;
    private readonly byte* _usedElements;
    private readonly ushort* _usedEvent;
    private readonly ushort* _availableEvent;
    private readonly ulong* _indirect;
    private readonly Slot[] _slots;
    private ushort _firstFree;
    private ushort _added;
    private ushort _published;
    private ushort _taken;

    /// <summary>Allocates a ring for the machine's life.</summary>
    /// <param name="index">The queue's number in its device.</param>
    /// <param name="size">A power of two, at most 32,768.</param>
    /// <param name="counters">Who pays.</param>
    /// <param name="eventIndex">VIRTIO_F_EVENT_IDX was negotiated.</param>
    /// <param name="indirectSegments">With VIRTIO_F_INDIRECT_DESC, how many pieces a buffer may have in a table of its own; else 0.</param>
    /// <param name="usedAlignment">Of the used ring: <see cref="LegacyAlignment"/> for legacy devices.</param>
    public SplitQueue(
        int index, int size, PathCounters counters, bool eventIndex, int indirectSegments = 0, int usedAlignment = ModernAlignment)
        : base(index, size, counters)
    {
        _mask = size - 1;
        _eventIndex = eventIndex;
        _indirectSegments = indirectSegments;
        _slots = new Slot[size];

        int availableOffset = size * DescriptorSize;
        int availableEnd = availableOffset + ((RingEntries + size + 1) * sizeof(ushort));
        int usedOffset = (availableEnd + usedAlignment - 1) & -usedAlignment;
        int usedEnd = usedOffset + (RingEntries * sizeof(ushort)) + (size * UsedElementSize) + sizeof(ushort);
        int indirectOffset = (usedEnd + DescriptorSize - 1) & -DescriptorSize;
        int end = indirectOffset + (size * indirectSegments * DescriptorSize);
        _pages = (end + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize;
        _memory = DeviceMemory.AllocatePages(_pages);

        _descriptors = (ulong*)_memory;
        _available = (ushort*)(_memory + availableOffset);
        _usedEvent = _available + RingEntries + size;
        _used = (ushort*)(_memory + usedOffset);
        _usedElements = (byte*)(_used + RingEntries);
        _availableEvent = (ushort*)(_usedElements + (size * UsedElementSize));
        _indirect = (ulong*)(_memory + indirectOffset);
        Reset();
    }

    /// <inheritdoc/>
    public override ulong DescriptorArea => DeviceMemory.AddressOf(_descriptors);

    /// <inheritdoc/>
    public override ulong DriverArea => DeviceMemory.AddressOf(_available);

    /// <inheritdoc/>
    public override ulong DeviceArea => DeviceMemory.AddressOf(_used);

    /// <inheritdoc/>
    public override int Add(ulong address, uint length, bool deviceWrites)
    {
        if (Free == 0)
            return -1;
        int id = _firstFree;
        ref Slot slot = ref _slots[id];
        _firstFree = slot.Next;
        slot.Limit = deviceWrites ? length + 1 : 1;
        WriteDescriptor(_descriptors, id, address, length, deviceWrites ? VIRTQ_DESC_F_WRITE : (ushort)0, next: 0);
        Offer(id, descriptors: 1);
        return id;
    }

    /// <inheritdoc/>
    public override int Add(ReadOnlySpan<VirtioSegment> segments, int readable)
    {
        if (segments.Length == 1)
            return Add(segments[0].Address, segments[0].Length, readable == 0);
        return segments.Length <= _indirectSegments ? AddIndirect(segments, readable) : AddChain(segments, readable);
    }

    /// <inheritdoc/>
    public override bool Publish()
    {
        ushort old = _published;
        ushort now = _added;
        if (old == now)
            return false;
        Counters.Count(PathEvent.Descriptor, Unpublished);
        Unpublished = 0;
        _published = now;
        Volatile.Write(ref _available[RingIndex], now);

        // The index must be visible before the device's wish is read, or both sides could wait for each other (2.7.13.4.1).
        Interlocked.MemoryBarrier();
        bool wanted = _eventIndex
            ? IsCrossed(Volatile.Read(ref *_availableEvent), old, now)
            : (Volatile.Read(ref _used[RingFlags]) & VIRTQ_USED_F_NO_NOTIFY) == 0;
        if (!wanted)
            Counters.Count(PathEvent.NotificationSuppressed);
        return wanted;
    }

    /// <inheritdoc/>
    public override int Take(Span<UsedBuffer> used)
    {
        int count = Math.Min(CountUsed(), used.Length);
        Slot[] slots = _slots;
        ushort taken = _taken;
        ushort firstFree = _firstFree;
        int freed = 0;
        int i = 0;
        for (; i < count; i++)
        {
            ulong element = Volatile.Read(ref *(ulong*)(_usedElements + ((taken & _mask) * UsedElementSize)));
            uint id = (uint)element;
            uint written = (uint)(element >> 32);
            if (id >= (uint)slots.Length || written >= slots[id].Limit)
            {
                Refuse(id, slots);
                break;
            }

            ref Slot slot = ref slots[id];
            slot.Limit = 0;
            freed += slot.Descriptors;
            if (slot.Descriptors == 1)
                slot.Next = firstFree;
            else
                ReclaimChain((int)id, firstFree);
            firstFree = (ushort)id;
            taken++;
            used[i] = new((int)id, written);
        }

        _taken = taken;
        _firstFree = firstFree;
        Free += freed;
        return i;
    }

    /// <inheritdoc/>
    public override bool IsInFlight(int id) => _slots[id].Limit != 0;

    /// <inheritdoc/>
    public override bool Arm()
    {
        if (_eventIndex)
            Volatile.Write(ref *_usedEvent, _taken);
        else
            Volatile.Write(ref _available[RingFlags], 0);

        // A buffer that is used before the device sees the wish raises no interrupt: look again afterwards (2.7.7.1).
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _used[RingIndex]) == _taken;
    }

    /// <inheritdoc/>
    public override void Park()
    {
        if (_eventIndex)
            Volatile.Write(ref *_usedEvent, (ushort)(_taken - 1)); // behind: crossed again after 65,536 buffers at the earliest
        else
            Volatile.Write(ref _available[RingFlags], VIRTQ_AVAIL_F_NO_INTERRUPT);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        new Span<byte>(_memory, _pages * DeviceMemory.PageSize).Clear();
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new Slot { Next = (ushort)(i + 1), Last = (ushort)i, Descriptors = 1 };
        _firstFree = 0;
        _added = 0;
        _published = 0;
        _taken = 0;
        Free = Size;
        Unpublished = 0;
        Violation = VirtqueueViolation.None;
        Park();
    }

    // vring_need_event of the specification, 2.7.10: whether the step from old to now went past the index after @event.
    private static bool IsCrossed(ushort @event, ushort old, ushort now) => (ushort)(now - @event - 1) < (ushort)(now - old);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteDescriptor(ulong* table, int at, ulong address, uint length, ushort flags, int next)
    {
        ulong* descriptor = table + (at * (DescriptorSize / sizeof(ulong)));
        descriptor[0] = address;
        descriptor[1] = length | ((ulong)flags << 32) | ((ulong)(uint)next << 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Offer(int id, int descriptors)
    {
        Free -= descriptors;
        Unpublished += descriptors;
        _available[RingEntries + (_added & _mask)] = (ushort)id;
        _added++;
    }

    /// <summary>How many buffers the device has used and the driver not taken, if that can be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CountUsed()
    {
        ushort used = Volatile.Read(ref _used[RingIndex]);
        int count = (ushort)(used - _taken);
        if (count <= (ushort)(_published - _taken))
            return Violation == VirtqueueViolation.None ? count : 0;
        if (Violation == VirtqueueViolation.None)
            Violation = VirtqueueViolation.UsedIndexJump;
        return 0;
    }

    private void Refuse(uint id, Slot[] slots)
    {
        bool isInFlight = id < (uint)slots.Length && slots[id].Limit != 0;
        Violation = isInFlight ? VirtqueueViolation.LengthBeyondBuffer : VirtqueueViolation.UnknownId;
    }

    /// <summary>Joins a chain to the free list: the links inside it are still in place, so only its end is.</summary>
    private void ReclaimChain(int id, ushort firstFree)
    {
        ref Slot head = ref _slots[id];
        _slots[head.Last].Next = firstFree;
        head.Last = (ushort)id;
        head.Descriptors = 1;
    }

    private int AddChain(ReadOnlySpan<VirtioSegment> segments, int readable)
    {
        if (segments.Length > Free)
            return -1;
        int id = _firstFree;
        int at = id;
        int last = id;
        uint writable = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            bool more = i + 1 < segments.Length;
            int next = _slots[at].Next;
            ushort flags = SegmentFlags(segments[i], i < readable, ref writable);
            WriteDescriptor(
                _descriptors, at, segments[i].Address, segments[i].Length, (ushort)(more ? flags | VIRTQ_DESC_F_NEXT : flags), more ? next : 0);
            last = at;
            at = next;
        }

        _firstFree = (ushort)at;
        ref Slot slot = ref _slots[id];
        slot.Limit = writable + 1;
        slot.Last = (ushort)last;
        slot.Descriptors = (ushort)segments.Length;
        Offer(id, segments.Length);
        return id;
    }

    private int AddIndirect(ReadOnlySpan<VirtioSegment> segments, int readable)
    {
        if (Free == 0)
            return -1;
        int id = _firstFree;
        ulong* table = _indirect + (id * _indirectSegments * (DescriptorSize / sizeof(ulong)));
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

    private struct Slot
    {
        /// <summary>In flight: one more than the bytes that the device may write. Free: 0, so that every length is too long.</summary>
        public uint Limit;

        /// <summary>The next descriptor, of the chain or of the free list.</summary>
        public ushort Next;

        /// <summary>The chain's last descriptor.</summary>
        public ushort Last;

        /// <summary>The chain's length.</summary>
        public ushort Descriptors;
    }
}
