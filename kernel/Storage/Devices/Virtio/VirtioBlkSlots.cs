using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core.Memory;
using Guest.Pv.Virtio;

namespace Guest.Storage.Devices;

/// <summary>What goes with each request of a virtio disk besides its data (virtio 1.2, 5.2.6): a header that the device reads, a range for
/// the operations that have one, and the status that the device writes. Each slot also keeps a table of descriptors in which all but the data of a
/// request in one piece stands from the start.</summary>
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

    /// <summary>Entries in a slot's table: header, data, status.</summary>
    internal const int TablePieces = 3;

    // A cache line: header, range or identity, status. Another one: the table.
    private const int SlotSize = 128;
    private const int RangeOffset = HeaderSize;
    private const int StatusOffset = 63;
    private const int TableOffset = 64;
    private const uint WordsPerSlot = SlotSize / sizeof(ulong);
    private const int TableWords = TableOffset / sizeof(ulong);
    private const int DataEntry = 2;

    private readonly byte* _memory;
    private readonly ulong _address;
    private readonly ulong _readFlags;
    private readonly ulong _writeFlags;
    private readonly int[] _next;
    private int _first;

    internal VirtioBlkSlots(int count, Virtqueue queue)
    {
        _memory = DeviceMemory.AllocatePages(((count * SlotSize) + DeviceMemory.PageSize - 1) / DeviceMemory.PageSize);
        _address = DeviceMemory.AddressOf(_memory);
        _next = new int[count];
        _readFlags = queue.TableWord(0, deviceWrites: true, next: 2);
        _writeFlags = queue.TableWord(0, deviceWrites: false, next: 2);
        for (int i = 0; i < count; i++)
        {
            ulong* table = (ulong*)(_memory + (i * SlotSize)) + TableWords;
            table[0] = HeaderAddress(i);
            table[1] = queue.TableWord(HeaderSize, deviceWrites: false, next: 1);
            table[4] = StatusAddress(i);
            table[5] = queue.TableWord(1, deviceWrites: true, next: 0);
        }

        Reset();
    }

    /// <summary>Frees all slots.</summary>
    internal void Reset()
    {
        _first = 0;
        for (int i = 0; i < _next.Length; i++)
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

    /// <summary>Takes a free slot for a read or a write of one piece, and fills in header and table; -1 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int TakePlain(bool write, ulong sector, ulong address, uint length)
    {
        int slot = _first;
        int[] next = _next;
        if ((uint)slot >= (uint)next.Length)
            return -1;
        _first = next[slot];
        ulong* words = (ulong*)_memory + ((uint)slot * WordsPerSlot);
        words[0] = write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN;
        words[1] = sector;
        ((byte*)words)[StatusOffset] = NoStatus;
        words[TableWords + DataEntry] = address;
        words[TableWords + DataEntry + 1] = length | (write ? _writeFlags : _readFlags);
        return slot;
    }

    /// <summary>Frees a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
    internal byte Status(int slot) => Volatile.Read(ref _memory[(uint)(slot * SlotSize) + StatusOffset]);

    /// <summary>The identity that the device wrote where a range would be.</summary>
    internal ReadOnlySpan<byte> Id(int slot) => new(_memory + (slot * SlotSize) + RangeOffset, IdSize);

    internal ulong HeaderAddress(int slot) => _address + (uint)(slot * SlotSize);

    internal ulong RangeAddress(int slot) => HeaderAddress(slot) + RangeOffset;

    internal ulong StatusAddress(int slot) => HeaderAddress(slot) + StatusOffset;

    internal ulong TableAddress(int slot) => HeaderAddress(slot) + TableOffset;
}
