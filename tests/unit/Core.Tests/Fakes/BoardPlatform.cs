using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Core.Tests.Fakes;

/// <summary>A board with tables of firmware's in memory, and registers that keep what is written to them.</summary>
internal sealed unsafe class BoardPlatform : Platform
{
    private const ulong RomStart = 0xe_0000;
    private const int RomLength = 0x1_0000;
    private const int RootOffset = 0x100;

    private readonly byte* _rom = DeviceMemory.AllocatePages(RomLength / DeviceMemory.PageSize);
    private readonly List<ulong> _tables = [];
    private int _used = 0x1000;

    /// <summary>What registers hold, by port or by physical address.</summary>
    public Dictionary<ulong, uint> Registers { get; } = [];

    /// <summary>What was written, in order.</summary>
    public List<(ulong Address, uint Value)> Written { get; } = [];

    /// <summary>The handlers of interrupt lines.</summary>
    public Dictionary<int, IInterruptHandler> Lines { get; } = [];

    public override string Name => "board";

    public override Instant Now => Instant.Zero;

    public override long UtcNanosecondsAtZero => 0;

    public override PageTables PageTables => throw new NotSupportedException();

    /// <summary>Places a table, whose length and sum are made right, and returns its address.</summary>
    public ulong Place(string signature, byte[] table, bool listed = true)
    {
        byte[] whole = (byte[])table.Clone();
        for (int i = 0; i < 4; i++)
            whole[i] = (byte)signature[i];
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(4), (uint)whole.Length);
        SetSum(whole, 9);
        ulong address = RomStart + (ulong)_used;
        whole.CopyTo(new Span<byte>(_rom + _used, whole.Length));
        _used += (whole.Length + 15) & ~15;
        if (listed)
            _tables.Add(address);
        return address;
    }

    /// <summary>Lists the tables that were placed, and opens them.</summary>
    public Acpi OpenTables()
    {
        byte[] list = new byte[36 + (_tables.Count * 4)];
        for (int i = 0; i < _tables.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(list.AsSpan(36 + (i * 4)), (uint)_tables[i]);
        ulong root = Place("RSDT", list, listed: false);
        byte[] pointer = new byte[20];
        "RSD PTR "u8.CopyTo(pointer);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer.AsSpan(16), (uint)root);
        SetSum(pointer, 8);
        pointer.CopyTo(new Span<byte>(_rom + RootOffset, pointer.Length));
        return Acpi.TryOpen(this, RomStart + RootOffset)!;
    }

    public override nuint MapDevice(ulong address, ulong length) =>
        address >= RomStart && address + length <= RomStart + RomLength ? (nuint)(_rom + (address - RomStart)) : (nuint)address;

    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => new Window(this, first, counters, ports: true);

    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) => new Window(this, mapped, counters, ports: false);

    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => Lines.TryAdd(line, handler);

    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message) =>
        throw new NotSupportedException();

    public override void Idle(Instant deadline) => throw new NotSupportedException();

    public override void WriteConsole(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public override int ReadConsole() => -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => throw new NotSupportedException();

    private static void SetSum(byte[] bytes, int at)
    {
        bytes[at] = 0;
        byte sum = 0;
        foreach (byte value in bytes)
            sum += value;
        bytes[at] = (byte)-sum;
    }

    private sealed class Window(BoardPlatform board, ulong first, PathCounters counters, bool ports) : RegisterWindow(counters, ports)
    {
        protected override byte Load8(int offset) => (byte)Load32(offset);

        protected override ushort Load16(int offset) => (ushort)Load32(offset);

        protected override uint Load32(int offset) => board.Registers.GetValueOrDefault(first + (ulong)offset);

        protected override void Store8(int offset, byte value) => Store32(offset, value);

        protected override void Store16(int offset, ushort value) => Store32(offset, value);

        protected override void Store32(int offset, uint value)
        {
            board.Registers[first + (ulong)offset] = value;
            board.Written.Add((first + (ulong)offset, value));
        }
    }
}
