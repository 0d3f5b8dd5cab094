using System;
using System.Threading;
using Guest.Core.Memory;

namespace Guest.Storage.Devices;

/// <summary>What goes with each request of a virtio disk besides its data (virtio 1.2, 5.2.6): a header that the device reads, a range for
/// the operations that have one, and the status that the device writes.</summary>
internal sealed unsafe class VirtioBlkSlots
{
    /// <summary>Bytes of struct virtio_blk_req before its data: type, reserved, sector.</summary>
    internal const int HeaderSize = 16;

    /// <summary>Bytes of struct virtio_blk_discard_write_zeroes: sector, number of sectors, flags.</summary>
    internal const int RangeSize = 16;

    /// <summary>Bytes of the answer to <see cref="VIRTIO_BLK_T_GET_ID"/>.</summary>
    internal const int IdSize = 20;

    internal const uint VIRTIO_BLK_T_IN = 0;
    internal const uint VIRTIO_BLK_T_OUT = 1;
    internal const uint VIRTIO_BLK_T_FLUSH = 4;
    internal const uint VIRTIO_BLK_T_GET_ID = 8;
    internal const uint VIRTIO_BLK_T_DISCARD = 11;
    internal const uint VIRTIO_BLK_T_WRITE_ZEROES = 13;

    internal const byte VIRTIO_BLK_S_OK = 0;
    internal const byte VIRTIO_BLK_S_IOERR = 1;
    internal const byte VIRTIO_BLK_S_UNSUPP = 2;

    /// <summary>What the status holds before the device writes it: none of its values.</summary>
    internal const byte NoStatus = 0xff;

    // A cache line a slot: header, range or identity, status.
    private const int SlotSize = 64;
    private const int RangeOffset = HeaderSize;
    private const int StatusOffset = SlotSize - 1;

    private readonly byte* _memory;
    private readonly ulong _address;
    private readonly int[] _next;
    private int _first;

    internal VirtioBlkSlots(int count)
    {
        _memory = DeviceMemory.AllocatePages(((count * SlotSize) + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize);
        _address = DeviceMemory.AddressOf(_memory);
        _next = new int[count];
        for (int i = 0; i < count; i++)
            _next[i] = i + 1;
    }

    /// <summary>Takes a free slot and fills in its header; -1 if there is none.</summary>
    internal int Take(uint type, ulong sector)
    {
        int slot = _first;
        if (slot == _next.Length)
            return -1;
        _first = _next[slot];
        ulong* header = (ulong*)(_memory + (slot * SlotSize));
        header[0] = type;
        header[1] = sector;
        _memory[(slot * SlotSize) + StatusOffset] = NoStatus;
        return slot;
    }

    /// <summary>Frees a slot.</summary>
    internal void Return(int slot)
    {
        _next[slot] = _first;
        _first = slot;
    }

    /// <summary>Fills in a slot's range.</summary>
    internal void SetRange(int slot, ulong sector, uint sectors)
    {
        ulong* range = (ulong*)(_memory + (slot * SlotSize) + RangeOffset);
        range[0] = sector;
        range[1] = sectors; // flags 0: the device may not unmap what it writes zeroes to
    }

    /// <summary>The status, as it is now.</summary>
    internal byte Status(int slot) => Volatile.Read(ref _memory[(slot * SlotSize) + StatusOffset]);

    /// <summary>The identity that the device wrote where a range would be.</summary>
    internal ReadOnlySpan<byte> Id(int slot) => new(_memory + (slot * SlotSize) + RangeOffset, IdSize);

    internal ulong HeaderAddress(int slot) => _address + (uint)(slot * SlotSize);

    internal ulong RangeAddress(int slot) => HeaderAddress(slot) + RangeOffset;

    internal ulong StatusAddress(int slot) => HeaderAddress(slot) + StatusOffset;
}
