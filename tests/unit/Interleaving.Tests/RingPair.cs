using System;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Virtio;
using Guest.Pv.Xen;

namespace Guest.Interleaving.Tests;

/// <summary>A ring of the kernel's and its far side, which is written from the specification.</summary>
internal abstract unsafe class RingPair
{
    public static RingPair Make(WakeUpTests.Ring kind, int size) => kind switch
    {
        WakeUpTests.Ring.Split => new SplitPair(size, eventIndex: false),
        WakeUpTests.Ring.SplitWithEventIndex => new SplitPair(size, eventIndex: true),
        WakeUpTests.Ring.Packed => new PackedPair(size, eventIndex: false),
        WakeUpTests.Ring.PackedWithEventIndex => new PackedPair(size, eventIndex: true),
        _ => new XenPair(),
    };

    /// <summary>Before anything runs: so many buffers are with the far side.</summary>
    public void Offer(int count)
    {
        for (int i = 0; i < count; i++)
            OfferOne();
        PopAll();
    }

    /// <returns>Whether the far side wants to be told.</returns>
    public abstract bool OfferOne();

    /// <returns>How many the driver finds used.</returns>
    public abstract int Take();

    /// <returns>Whether the driver may sleep.</returns>
    public abstract bool Arm();

    /// <summary>The far side takes what is offered; while it does so, it does not want to be told of more.</summary>
    public abstract int PopAll();

    /// <param name="forgets">Whether it leaves the barrier out.</param>
    /// <returns>Whether the driver wants to be woken.</returns>
    public abstract bool UseOne(bool forgets);

    /// <returns>Whether the far side may sleep.</returns>
    public abstract bool ArmFarSide(bool forgets);

    protected static void Barrier(bool forgets)
    {
        if (!forgets)
            SharedMemory.Barrier();
    }

    private abstract class VirtioPair(Virtqueue queue) : RingPair
    {
        private readonly UsedBuffer[] _used = new UsedBuffer[4];

        protected Virtqueue Queue => queue;

        public override bool OfferOne()
        {
            queue.Add(0x1000, 64, deviceWrites: true);
            return queue.Publish();
        }

        public override int Take() => queue.Take(_used);

        public override bool Arm() => queue.Arm();
    }

    private sealed class SplitPair(int size, bool eventIndex) : VirtioPair(new SplitQueue(0, size, new PathCounters("ring"), eventIndex))
    {
        private ushort _popped;
        private ushort _filled;

        private ushort* Available => (ushort*)Queue.DriverArea;

        private ushort* Used => (ushort*)Queue.DeviceArea;

        public override int PopAll()
        {
            ushort before = _popped;
            if (eventIndex)
                SharedMemory.Write(ref Used[2 + (size * 4)], (ushort)(_popped - 1));
            else
                SharedMemory.Write(ref Used[0], (ushort)1);
            _popped = SharedMemory.Read(ref Available[1]);
            return (ushort)(_popped - before);
        }

        public override bool UseOne(bool forgets)
        {
            ulong* element = (ulong*)(Used + 2) + (_filled % size);
            *element = Available[2 + (_filled % size)];
            ushort old = _filled++;
            SharedMemory.Write(ref Used[1], _filled);
            Barrier(forgets);
            return eventIndex ? (ushort)(_filled - SharedMemory.Read(ref Available[2 + size]) - 1) < (ushort)(_filled - old) : (SharedMemory.Read(ref Available[0]) & 1) == 0;
        }

        public override bool ArmFarSide(bool forgets)
        {
            if (eventIndex)
                SharedMemory.Write(ref Used[2 + (size * 4)], _popped);
            else
                SharedMemory.Write(ref Used[0], (ushort)0);
            Barrier(forgets);
            return SharedMemory.Read(ref Available[1]) == _popped;
        }
    }

    private sealed class PackedPair(int size, bool eventIndex) : VirtioPair(new PackedQueue(0, size, new PathCounters("ring"), eventIndex))
    {
        private const int FlagsShift = 48;
        private const uint ByDescriptor = 2 << 16;
        private const uint Disabled = 1 << 16;
        private const uint Wrap = 1 << 15;

        private int _popped;
        private int _filled;

        private ulong* Ring => (ulong*)Queue.DescriptorArea;

        private ref uint DriverEvent => ref *(uint*)Queue.DriverArea;

        private ref uint DeviceEvent => ref *(uint*)Queue.DeviceArea;

        public override int PopAll()
        {
            int before = _popped;
            SharedMemory.Write(ref DeviceEvent, Disabled);
            while (IsOffered(_popped))
                _popped++;
            return _popped - before;
        }

        public override bool UseOne(bool forgets)
        {
            ref ulong word = ref Ring[(_filled * 2) + 1];
            ulong id = (word >> 32) & 0xffff;
            SharedMemory.Write(ref word, (id << 32) | (0x8080UL << FlagsShift));
            int at = _filled++;
            Barrier(forgets);
            uint wish = SharedMemory.Read(ref DriverEvent);
            return (wish >> 16) == 2 ? (wish & (Wrap - 1)) == (uint)at : (wish >> 16) == 0;
        }

        public override bool ArmFarSide(bool forgets)
        {
            SharedMemory.Write(ref DeviceEvent, eventIndex ? (uint)_popped | Wrap | ByDescriptor : 0);
            Barrier(forgets);
            return !IsOffered(_popped);
        }

        // In the first round available is 1 and used is 0 (virtio 1.2, 2.8.1).
        private bool IsOffered(int at) => ((SharedMemory.Read(ref Ring[(at * 2) + 1]) >> FlagsShift) & 0x8080) == 0x80;
    }

    private sealed class XenPair : RingPair
    {
        private readonly uint* _page = (uint*)DeviceMemory.AllocatePages(1);
        private FrontRing<ulong, ulong> _ring;
        private uint _popped;
        private uint _answered;

        public XenPair() => _ring.Initialize((byte*)_page);

        public override bool OfferOne()
        {
            _ring.RequestProducer++;
            return _ring.Publish();
        }

        public override int Take()
        {
            Assert.True(_ring.TryCount(out int count));
            _ring.ResponseConsumer += (uint)count;
            return count;
        }

        public override bool Arm() => !_ring.Arm();

        public override int PopAll()
        {
            uint before = _popped;
            SharedMemory.Write(ref _page[1], _popped);
            _popped = SharedMemory.Read(ref _page[0]);
            return (int)(_popped - before);
        }

        public override bool UseOne(bool forgets)
        {
            uint old = _answered++;
            SharedMemory.Write(ref _page[2], _answered);
            Barrier(forgets);
            return _answered - SharedMemory.Read(ref _page[3]) < _answered - old;
        }

        public override bool ArmFarSide(bool forgets)
        {
            SharedMemory.Write(ref _page[1], _popped + 1);
            Barrier(forgets);
            return SharedMemory.Read(ref _page[0]) == _popped;
        }
    }
}
