using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Pv.Virtio;

/// <summary>The split ring (virtio 1.2, 2.7): a descriptor table, a ring of what is available, a ring of what was used.</summary>
/// <remarks>
/// Three indices run freely and only forward; both sides see 16 bits of them:
/// <code>
///   _taken  ≤  used.idx  ≤  _published = avail.idx  ≤  _added        (as distances, modulo 65,536)
/// </code>
/// The driver owns all but used.idx, which is believed only while it keeps to its place. Free descriptors form a list in the
/// driver's own memory, because a device can write to the table.
/// </remarks>
public sealed unsafe partial class SplitQueue : Virtqueue
{
    /// <summary>The used ring's alignment in the legacy layout, where the three parts are one block (virtio 1.2, 2.7.2).</summary>
    public const int LegacyAlignment = DeviceMemory.PageSize;

    /// <summary>The used ring's alignment where only the specification's 4 bytes are demanded: a cache line of its own.</summary>
    public const int ModernAlignment = 64;

    private const int DescriptorSize = 16;
    private const int WordsPerDescriptor = DescriptorSize / sizeof(ulong);

    // The second word of a descriptor: length, flags << 32, next << 48.
    private const int FlagsShift = 32;
    private const int NextShift = 48;

    private const ushort VIRTQ_DESC_F_NEXT = 1;
    private const ushort VIRTQ_DESC_F_WRITE = 2;
    private const ushort VIRTQ_DESC_F_INDIRECT = 4;
    private const ushort VIRTQ_AVAIL_F_NO_INTERRUPT = 1;
    private const ushort VIRTQ_USED_F_NO_NOTIFY = 1;

    // Both rings begin with 16-bit flags and a 16-bit index.
    private const int RingFlags = 0;
    private const int RingIndex = 1;
    private const int RingEntries = 2;

    private readonly uint _mask;
    private readonly bool _eventIndex;
    private readonly int _indirectSegments;
    private readonly byte* _memory;
    private readonly int _pages;
    private readonly ulong* _descriptors;
    private readonly ushort* _available;
    private readonly ushort* _used;
    private readonly ulong* _usedElements; // id, length << 32
    private readonly ushort* _usedEvent;
    private readonly ushort* _availableEvent;
    private readonly ulong* _indirect;
    private readonly Slot[] _slots;
    private ushort _firstFree;
    private uint _added;
    private uint _published;
    private uint _taken;

    /// <summary>Allocates a ring, for as long as its device is there.</summary>
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
        _mask = (uint)size - 1;
        _eventIndex = eventIndex;
        _indirectSegments = indirectSegments;
        _slots = new Slot[size];

        int availableOffset = size * DescriptorSize;
        int availableEnd = availableOffset + ((RingEntries + size + 1) * sizeof(ushort));
        int usedOffset = (availableEnd + usedAlignment - 1) & -usedAlignment;
        int usedEnd = usedOffset + (RingEntries * sizeof(ushort)) + (size * sizeof(ulong)) + sizeof(ushort);
        int indirectOffset = (usedEnd + DescriptorSize - 1) & -DescriptorSize;
        int end = indirectOffset + (size * indirectSegments * DescriptorSize);
        _pages = (end + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize;
        _memory = DeviceMemory.AllocatePages(_pages);

        _descriptors = (ulong*)_memory;
        _available = (ushort*)(_memory + availableOffset);
        _usedEvent = _available + RingEntries + size;
        _used = (ushort*)(_memory + usedOffset);
        _usedElements = (ulong*)(_used + RingEntries);
        _availableEvent = (ushort*)(_usedElements + size);
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
    public override int Add(ulong address, uint length, bool deviceWrites, int name = -1)
    {
        if (Free == 0)
            return -1;
        int id = _firstFree;
        ref Slot slot = ref _slots[id];
        _firstFree = slot.Next;
        slot.Limit = deviceWrites ? length + 1 : 1;
        slot.Name = name < 0 ? id : name;
        slot.Added = _added;
        WriteDescriptor(_descriptors, id, address, length, deviceWrites ? VIRTQ_DESC_F_WRITE : (ushort)0, next: 0);
        Offer(id, descriptors: 1);
        return id;
    }

    /// <inheritdoc/>
    public override int AddEach(ReadOnlySpan<VirtioBuffer> buffers, bool deviceWrites) => AddSingles(
        buffers, deviceWrites ? uint.MaxValue : 0, length: uint.MaxValue, deviceWrites ? (ulong)VIRTQ_DESC_F_WRITE << FlagsShift : 0);

    /// <inheritdoc/>
    public override bool Publish()
    {
        ushort old = (ushort)_published;
        ushort now = (ushort)_added;
        if (old == now)
            return false;
        Counters.Count(PathEvent.Descriptor, Unpublished);
        Unpublished = 0;
        _published = _added;
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
        used = used[..Math.Min(CountUsed(), used.Length)];
        if (used.Length == 0)
            return 0;
        Slot[] slots = _slots;
        ulong* elements = _usedElements;
        uint mask = _mask;
        uint taken = _taken;
        uint published = _published;
        uint firstFree = _firstFree;
        uint id = 0;
        int freed = 0;
        int i = 0;

        // No calls inside, so that all this stays in registers.
        for (; i < used.Length; i++)
        {
            ulong element = Volatile.Read(ref elements[taken & mask]);
            id = (uint)element;
            uint written = (uint)(element >> 32);
            if (id >= (uint)slots.Length || written >= slots[id].Limit || (int)(slots[id].Added - published) >= 0)
                break;
            ref Slot slot = ref slots[id];
            slot.Limit = 0;
            freed += slot.Descriptors;

            // A chain joins the free list: the links inside it are still in place, only its end leads elsewhere.
            uint last = id;
            for (; slot.Descriptors != 1; slot.Descriptors--)
                last = slots[last].Next;
            slots[last].Next = (ushort)firstFree;
            firstFree = id;
            taken++;
            used[i] = new(slot.Name, written);
        }

        if (i < used.Length)
            Refuse(id, slots);
        _taken = taken;
        _firstFree = (ushort)firstFree;
        Free += freed;
        return i;
    }

    /// <inheritdoc/>
    public override int Exchange(ReadOnlySpan<VirtioBuffer> fresh, Span<UsedBuffer> used)
    {
        fresh = fresh[..Math.Min(CountUsed(), fresh.Length)];
        if (fresh.Length == 0)
            return 0;
        Slot[] slots = _slots;
        uint mask = _mask;
        uint taken = _taken;
        uint added = _added;
        uint published = _published;
        int i = 0;
        for (; i < fresh.Length; i++)
        {
            ulong element = Volatile.Read(ref _usedElements[taken & mask]);
            uint id = (uint)element;
            uint written = (uint)(element >> 32);
            if (id >= (uint)slots.Length || written >= slots[id].Limit || (int)(slots[id].Added - published) >= 0)
            {
                Refuse(id, slots);
                break;
            }

            VirtioBuffer buffer = fresh[i];
            ref Slot slot = ref slots[id];
            used[i] = new(slot.Name, written);
            slot.Name = buffer.Name;
            slot.Limit = buffer.Length + 1;
            slot.Added = added;
            ulong* descriptor = _descriptors + (id * WordsPerDescriptor);
            descriptor[0] = buffer.Address;
            descriptor[1] = buffer.Length | ((ulong)VIRTQ_DESC_F_WRITE << FlagsShift);
            _available[RingEntries + (added & mask)] = (ushort)id;
            taken++;
            added++;
        }

        _taken = taken;
        _added = added;
        Unpublished += i;
        return i;
    }

    /// <inheritdoc/>
    public override int InFlightAt(int id) => _slots[id].Limit != 0 ? _slots[id].Name : -1;

    /// <inheritdoc/>
    public override bool Arm()
    {
        ushort taken = (ushort)_taken;
        if (Volatile.Read(ref _used[RingIndex]) != taken)
            return false;
        if (_eventIndex)
            Volatile.Write(ref *_usedEvent, taken);
        else
            Volatile.Write(ref _available[RingFlags], 0);

        // A buffer that is used before the device sees the wish raises no interrupt: look again afterwards (2.7.7.1).
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _used[RingIndex]) == taken;
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
    public override bool HasUsed => (ushort)(Volatile.Read(ref _used[RingIndex]) - _taken) != 0;

    /// <inheritdoc/>
    public override void Reset()
    {
        new Span<byte>(_memory, _pages * DeviceMemory.PageSize).Clear();
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new Slot { Next = (ushort)(i + 1), Descriptors = 1 };
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
        ulong* descriptor = table + (at * WordsPerDescriptor);
        descriptor[0] = address;
        descriptor[1] = length | ((ulong)flags << FlagsShift) | ((ulong)(uint)next << NextShift);
    }

    /// <summary>Adds buffers of one descriptor each, as many as there is room for.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="writable">Which bits of a buffer's length say how much the device may write: all or none.</param>
    /// <param name="length">Which bits of a buffer's length are the descriptor's: all or none.</param>
    /// <param name="word">All else of the descriptor's second word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddSingles(ReadOnlySpan<VirtioBuffer> buffers, uint writable, uint length, ulong word)
    {
        Slot[] slots = _slots;
        ulong* descriptors = _descriptors;
        ushort* entries = _available + RingEntries;
        uint mask = _mask;
        uint added = _added;
        uint id = _firstFree;
        buffers = buffers[..Math.Min(buffers.Length, Free)];
        for (int i = 0; i < buffers.Length; i++)
        {
            VirtioBuffer buffer = buffers[i];
            ref Slot slot = ref slots[id];
            slot.Limit = (buffer.Length & writable) + 1;
            slot.Name = buffer.Name;
            slot.Added = added;
            ulong* descriptor = descriptors + (id * WordsPerDescriptor);
            descriptor[0] = buffer.Address;
            descriptor[1] = (buffer.Length & length) | word;
            entries[added++ & mask] = (ushort)id;
            id = slot.Next;
        }

        _added = added;
        _firstFree = (ushort)id;
        Free -= buffers.Length;
        Unpublished += buffers.Length;
        return buffers.Length;
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
        bool isInFlight = id < (uint)slots.Length && slots[id].Limit != 0 && (int)(slots[id].Added - _published) < 0;
        Violation = isInFlight ? VirtqueueViolation.LengthBeyondBuffer : VirtqueueViolation.UnknownId;
    }

    private struct Slot
    {
        /// <summary>In flight: one more than the bytes that the device may write. Free: 0, so that every length is too long.</summary>
        public uint Limit;

        /// <summary>The next descriptor, of the chain or of the free list.</summary>
        public ushort Next;

        /// <summary>What it goes by.</summary>
        public int Name;

        /// <summary>What <see cref="_added"/> was before it was added.</summary>
        public uint Added;

        /// <summary>The chain's length.</summary>
        public ushort Descriptors;
    }
}
