using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;

namespace Guest.Pv.Virtio;

/// <summary>The packed ring (virtio 1.2, 2.8): one ring of descriptors that the device overwrites with what it used.</summary>
/// <remarks>
/// Both sides walk the same ring. A descriptor belongs to whom its two flags say, relative to how often each side has gone round (its
/// wrap counter). A burst is held back by its first descriptor: the others may be written in any order, because the
/// device stops at the first that is not its own, and <see cref="Publish"/> hands over that one last.
/// </remarks>
public sealed unsafe class PackedQueue : Virtqueue
{
    private const int DescriptorSize = 16;
    private const int WordsPerDescriptor = DescriptorSize / sizeof(ulong);
    private const int EventSize = sizeof(uint);

    // The second word of a descriptor: length, id << 32, flags << 48.
    private const int IdShift = 32;
    private const int FlagsShift = 48;

    private const ushort VIRTQ_DESC_F_NEXT = 1;
    private const ushort VIRTQ_DESC_F_WRITE = 2;
    private const ushort VIRTQ_DESC_F_INDIRECT = 4;
    private const ushort VIRTQ_DESC_F_AVAIL = 1 << 7;
    private const ushort VIRTQ_DESC_F_USED = 1 << 15;

    // Event suppression (2.8.10): offset and wrap counter in the low half, what they mean in the high one.
    private const int RING_EVENT_FLAGS_ENABLE = 0;
    private const int RING_EVENT_FLAGS_DISABLE = 1;
    private const int RING_EVENT_FLAGS_DESC = 2;
    private const int EventFlagsShift = 16;
    private const int EventWrap = 1 << 15;

    private readonly bool _eventIndex;
    private readonly int _indirectSegments;
    private readonly byte* _memory;
    private readonly int _pages;
    private readonly ulong* _ring;
    private readonly uint* _driverEvent;
    private readonly uint* _deviceEvent;
    private readonly ulong* _indirect;
    private readonly Slot[] _slots;
    private int _firstFree;
    private int _next;
    private ushort _ownership;
    private int _heldAt;
    private ulong _heldWord;
    private int _taken;
    private bool _takenWrap;
    private uint _published;

    /// <summary>Allocates a ring, for as long as its device is there.</summary>
    /// <param name="index">The queue's number in its device.</param>
    /// <param name="size">Descriptors, at most 32,768.</param>
    /// <param name="counters">Who pays.</param>
    /// <param name="eventIndex">VIRTIO_F_EVENT_IDX was negotiated.</param>
    /// <param name="indirectSegments">With VIRTIO_F_INDIRECT_DESC, how many pieces a buffer may have in a table of its own; else 0.</param>
    public PackedQueue(int index, int size, PathCounters counters, bool eventIndex, int indirectSegments = 0)
        : base(index, size, counters)
    {
        _eventIndex = eventIndex;
        _indirectSegments = indirectSegments;
        _slots = new Slot[size];
        int indirectOffset = size * DescriptorSize;
        int eventOffset = indirectOffset + (size * indirectSegments * DescriptorSize);
        _pages = (eventOffset + (2 * EventSize) + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize;
        _memory = DeviceMemory.AllocatePages(_pages);
        _ring = (ulong*)_memory;
        _indirect = (ulong*)(_memory + indirectOffset);
        _driverEvent = (uint*)(_memory + eventOffset);
        _deviceEvent = _driverEvent + 1;
        Reset();
    }

    /// <inheritdoc/>
    public override ulong DescriptorArea => DeviceMemory.AddressOf(_ring);

    /// <inheritdoc/>
    public override ulong DriverArea => DeviceMemory.AddressOf(_driverEvent);

    /// <inheritdoc/>
    public override ulong DeviceArea => DeviceMemory.AddressOf(_deviceEvent);

    /// <inheritdoc/>
    public override int Add(ulong address, uint length, bool deviceWrites, int name = -1)
    {
        if (Free == 0)
            return -1;
        int id = TakeId(deviceWrites ? length : 0, descriptors: 1, name);
        Offer(id, address, length, deviceWrites ? VIRTQ_DESC_F_WRITE : (ushort)0);
        return id;
    }

    /// <inheritdoc/>
    public override int Add(ReadOnlySpan<VirtioSegment> segments, int readable, int name = -1)
    {
        if (segments.Length == 1)
            return Add(segments[0].Address, segments[0].Length, readable == 0, name);
        bool indirect = segments.Length <= _indirectSegments;
        int descriptors = indirect ? 1 : segments.Length;
        if (descriptors > Free)
            return -1;
        uint writable = 0;
        for (int i = readable; i < segments.Length; i++)
            writable += segments[i].Length;
        int id = TakeId(writable, descriptors, name);
        if (indirect)
        {
            ulong* table = WriteTable(id, segments, readable);
            Offer(id, DeviceMemory.AddressOf(table), (uint)(segments.Length * DescriptorSize), VIRTQ_DESC_F_INDIRECT);
            return id;
        }

        for (int i = 0; i < segments.Length; i++)
        {
            int flags = (i < readable ? 0 : VIRTQ_DESC_F_WRITE) | (i + 1 < segments.Length ? VIRTQ_DESC_F_NEXT : 0);
            Offer(id, segments[i].Address, segments[i].Length, (ushort)flags);
        }

        return id;
    }

    /// <inheritdoc/>
    public override int AddTables(ReadOnlySpan<VirtioBuffer> tables, int pieces)
    {
        int count = Math.Min(tables.Length, Free);
        for (int i = 0; i < count; i++)
        {
            VirtioBuffer table = tables[i];
            int id = TakeId(table.Length, descriptors: 1, table.Name);
            Offer(id, table.Address, (uint)(pieces * DescriptorSize), VIRTQ_DESC_F_INDIRECT);
        }

        return count;
    }

    /// <inheritdoc/>
    public override ulong TableWord(uint length, bool deviceWrites, int next) =>
        length | ((deviceWrites ? (ulong)VIRTQ_DESC_F_WRITE : 0) << FlagsShift); // in a table the order is that of the entries (2.8.7)

    /// <inheritdoc/>
    public override int AddEach(ReadOnlySpan<VirtioBuffer> buffers, bool deviceWrites)
    {
        ushort flags = deviceWrites ? VIRTQ_DESC_F_WRITE : (ushort)0;
        int count = Math.Min(buffers.Length, Free);
        for (int i = 0; i < count; i++)
        {
            VirtioBuffer buffer = buffers[i];
            int id = TakeId(deviceWrites ? buffer.Length : 0, descriptors: 1, buffer.Name);
            Offer(id, buffer.Address, buffer.Length, flags);
        }

        return count;
    }

    /// <inheritdoc/>
    public override bool Publish()
    {
        int added = Unpublished;
        if (added == 0)
            return false;
        Counters.Count(PathEvent.Descriptor, added);
        Unpublished = 0;
        _published += (uint)added;
        Volatile.Write(ref _ring[(_heldAt * WordsPerDescriptor) + 1], _heldWord);

        // The descriptor must be visible before the device's wish is read, or both sides could wait for each other.
        Interlocked.MemoryBarrier();
        bool wanted = IsWanted(Volatile.Read(ref *_deviceEvent), added);
        if (!wanted)
            Counters.Count(PathEvent.NotificationSuppressed);
        return wanted;
    }

    /// <inheritdoc/>
    public override int Take(Span<UsedBuffer> used)
    {
        Slot[] slots = _slots;
        for (int i = 0; i < used.Length; i++)
        {
            ulong word = Volatile.Read(ref _ring[(_taken * WordsPerDescriptor) + 1]);
            if (!IsUsed(word) || Violation != VirtqueueViolation.None)
                return i;
            if (InFlight == Unpublished)
                return Refuse(VirtqueueViolation.UsedIndexJump, i); // nothing that was published is out
            uint id = (ushort)(word >> IdShift);
            uint written = (uint)word;
            if (id >= (uint)slots.Length)
                return Refuse(VirtqueueViolation.UnknownId, i);
            ref Slot slot = ref slots[id];
            if (slot.Limit == 0 || (int)(slot.Added - _published) >= 0)
                return Refuse(VirtqueueViolation.UnknownId, i);
            if (written >= slot.Limit)
                return Refuse(VirtqueueViolation.LengthBeyondBuffer, i);
            slot.Limit = 0;
            Reclaim((int)id, ref slot);
            used[i] = new(slot.Name, written);
        }

        return used.Length;
    }

    /// <inheritdoc/>
    public override int Exchange(ReadOnlySpan<VirtioBuffer> fresh, Span<UsedBuffer> used)
    {
        for (int i = 0; i < fresh.Length; i++)
        {
            if (Take(used.Slice(i, 1)) == 0)
                return i;
            VirtioBuffer buffer = fresh[i];
            Offer(TakeId(buffer.Length, descriptors: 1, buffer.Name), buffer.Address, buffer.Length, VIRTQ_DESC_F_WRITE);
        }

        return fresh.Length;
    }

    /// <inheritdoc/>
    public override int InFlightAt(int id) => _slots[id].Limit != 0 ? _slots[id].Name : -1;

    /// <inheritdoc/>
    public override bool Arm()
    {
        if (IsUsed(Volatile.Read(ref _ring[(_taken * WordsPerDescriptor) + 1])))
            return false;
        uint wish = _eventIndex
            ? (uint)(_taken | (_takenWrap ? EventWrap : 0) | (RING_EVENT_FLAGS_DESC << EventFlagsShift))
            : RING_EVENT_FLAGS_ENABLE << EventFlagsShift;
        Volatile.Write(ref *_driverEvent, wish);

        // A buffer that is used before the device sees the wish raises no interrupt: look again afterwards.
        Interlocked.MemoryBarrier();
        return !IsUsed(Volatile.Read(ref _ring[(_taken * WordsPerDescriptor) + 1]));
    }

    /// <inheritdoc/>
    public override void Park() => Volatile.Write(ref *_driverEvent, RING_EVENT_FLAGS_DISABLE << EventFlagsShift);

    /// <inheritdoc/>
    public override bool HasUsed => IsUsed(Volatile.Read(ref _ring[(_taken * WordsPerDescriptor) + 1]));

    /// <inheritdoc/>
    public override void Reset()
    {
        new Span<byte>(_memory, _pages * DeviceMemory.PageSize).Clear();
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new Slot { Next = (ushort)(i + 1) };
        _firstFree = 0;
        _next = 0;
        _ownership = VIRTQ_DESC_F_AVAIL; // both wrap counters begin at 1 (2.8.1)
        _published = 0;
        _taken = 0;
        _takenWrap = true;
        Free = Size;
        Unpublished = 0;
        Violation = VirtqueueViolation.None;
        Park();
    }

    private bool IsUsed(ulong word)
    {
        ulong flags = word >> FlagsShift;
        bool available = (flags & VIRTQ_DESC_F_AVAIL) != 0;
        bool used = (flags & VIRTQ_DESC_F_USED) != 0;
        return available == used && used == _takenWrap;
    }

    /// <summary>Whether the device wants to hear of the descriptors just published (2.8.21.3.1).</summary>
    private bool IsWanted(uint wish, int added)
    {
        uint kind = (wish >> EventFlagsShift) & 3;
        if (kind != RING_EVENT_FLAGS_DESC)
            return kind != RING_EVENT_FLAGS_DISABLE;
        bool wrap = (wish & EventWrap) != 0;
        int at = (int)wish & (EventWrap - 1);
        if (wrap != (_ownership == VIRTQ_DESC_F_AVAIL))
            at -= Size;
        return at < _next && at >= _next - added;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeId(uint writable, int descriptors, int name)
    {
        int id = _firstFree;
        ref Slot slot = ref _slots[id];
        _firstFree = slot.Next;
        slot.Limit = writable + 1;
        slot.Name = name < 0 ? id : name;
        slot.Added = _published + (uint)Unpublished;
        slot.Descriptors = (ushort)descriptors;
        return id;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Offer(int id, ulong address, uint length, ushort flags)
    {
        ulong* descriptor = _ring + (_next * WordsPerDescriptor);
        ulong word = length | ((ulong)(uint)id << IdShift) | ((ulong)(uint)(flags | _ownership) << FlagsShift);
        descriptor[0] = address;
        if (Unpublished == 0)
        {
            _heldAt = _next;
            _heldWord = word;
        }
        else
        {
            descriptor[1] = word;
        }

        Free--;
        Unpublished++;
        if (++_next == Size)
        {
            _next = 0;
            _ownership ^= VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;
        }
    }

    private ulong* WriteTable(int id, ReadOnlySpan<VirtioSegment> segments, int readable)
    {
        ulong* table = _indirect + (id * _indirectSegments * WordsPerDescriptor);
        for (int i = 0; i < segments.Length; i++)
        {
            table[i * WordsPerDescriptor] = segments[i].Address;
            table[(i * WordsPerDescriptor) + 1] = segments[i].Length | (i < readable ? 0 : (ulong)VIRTQ_DESC_F_WRITE << FlagsShift);
        }

        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reclaim(int id, ref Slot slot)
    {
        slot.Next = (ushort)_firstFree;
        _firstFree = id;
        Free += slot.Descriptors;
        _taken += slot.Descriptors;
        if (_taken >= Size)
        {
            _taken -= Size;
            _takenWrap = !_takenWrap;
        }
    }

    private int Refuse(VirtqueueViolation violation, int taken)
    {
        Violation = violation;
        return taken;
    }

    private struct Slot
    {
        /// <summary>In flight: one more than the bytes that the device may write. Free: 0, so that every length is too long.</summary>
        public uint Limit;

        /// <summary>What it goes by.</summary>
        public int Name;

        /// <summary>How many descriptors had been written, and in the end published, before its first.</summary>
        public uint Added;

        /// <summary>The next free id.</summary>
        public ushort Next;

        /// <summary>How many descriptors of the ring the buffer takes.</summary>
        public ushort Descriptors;
    }
}
