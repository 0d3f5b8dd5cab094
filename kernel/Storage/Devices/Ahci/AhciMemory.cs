using System;
using System.Buffers.Binary;
using Guest.Core.Memory;

namespace Guest.Storage.Devices;

/// <summary>What a port and its disk read and write in memory (AHCI 1.3.1, 4): the command list, the received FISes, and a command
/// table for each of 32 slots and one for commands of the driver's own.</summary>
internal sealed unsafe class AhciMemory
{
    /// <summary>Command slots.</summary>
    public const int Slots = 32;

    /// <summary>Regions that a command table describes.</summary>
    public const int MaxRegions = (TableSize - RegionsOffset) / 16;

    /// <summary>The longest region (4.2.3.3).</summary>
    public const int MaxRegionBytes = 4 << 20;

    private const int HeaderSize = 32;
    private const int ListSize = HeaderSize * Slots;
    private const int ReceivedSize = 256;
    private const int TableSize = 2048;
    private const int RegionsOffset = 0x80;
    private const int OwnTable = Slots;
    private const int TablePages = ((Slots + 1) * TableSize / DeviceMemory.PageSize) + 1;
    private const uint HeaderWrite = 1 << 6;
    private const uint CommandFisDwords = 5;
    private const int ScratchOffset = ListSize + ReceivedSize + 256;

    private readonly byte* _page = DeviceMemory.AllocatePages(1);
    private readonly byte* _tables = DeviceMemory.AllocatePages(TablePages);

    public AhciMemory()
    {
        for (int i = 0; i < Slots; i++)
            SetTable(i, i);
    }

    /// <summary>PxCLB's value: 1,024-byte aligned.</summary>
    public ulong ListAddress => DeviceMemory.AddressOf(_page);

    /// <summary>PxFB's value: 256-byte aligned.</summary>
    public ulong ReceivedAddress => ListAddress + ListSize;

    /// <summary>512 bytes for the data of the driver's own commands.</summary>
    public BlockSegment Scratch => new(_page + ScratchOffset, 512);

    /// <summary>Describes a command in a slot.</summary>
    /// <returns>The number of regions.</returns>
    public int Fill(int slot, AhciCommand command, ReadOnlySpan<BlockSegment> memory)
    {
        byte* table = _tables + (slot * TableSize);
        command.Write(new Span<byte>(table, AhciCommand.FisSize));
        Span<ulong> regions = new(table + RegionsOffset, MaxRegions * 2);
        SegmentPieces pieces = new(memory, 0, MaxRegionBytes);
        int count = 0;
        while (pieces.MoveNext())
        {
            regions[count * 2] = pieces.Address;
            regions[(count * 2) + 1] = (ulong)(uint)(pieces.Length - 1) << 32;
            count++;
        }

        uint* header = (uint*)(_page + (slot % Slots * HeaderSize));
        header[0] = CommandFisDwords | (command.IsWrite ? HeaderWrite : 0) | ((uint)count << 16);
        header[1] = 0;
        return count;
    }

    /// <summary>Describes a command of the driver's own in slot 0, beside the request's that may be there; <see cref="EndOwn"/> gives the
    /// slot back.</summary>
    public void BeginOwn(AhciCommand command, ReadOnlySpan<BlockSegment> memory)
    {
        SetTable(0, OwnTable);
        Fill(OwnTable, command, memory);
    }

    /// <summary>Ends what <see cref="BeginOwn"/> began. A request in slot 0 must be filled in again.</summary>
    public void EndOwn() => SetTable(0, 0);

    private void SetTable(int slot, int table)
    {
        Span<byte> header = new(_page + (slot * HeaderSize), HeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], DeviceMemory.AddressOf(_tables) + (uint)(table * TableSize));
    }
}
