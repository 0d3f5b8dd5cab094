using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Numerics;

namespace Guest.Storage.Tests;

/// <summary>A port of <see cref="ModelAhci"/> with its disk, which does as it is told: fails, keeps silent, lies.</summary>
public sealed unsafe class ModelAhciPort(ModelAhci ahci, ModelAtaDrive drive, int number)
{
    private const uint DeviceToHost = 1;
    private const uint SetDeviceBits = 8;
    private const uint TaskFileError = 1u << 30;

    private ulong _list;
    private ulong _received;
    private uint _status;
    private uint _enabled;
    private uint _command;
    private uint _taskFile = 0x50;
    private uint _control;
    private uint _active;
    private uint _issued;
    private int _failedTag = -1;
    private bool _halted;

    /// <summary>Commands are taken and never end.</summary>
    public bool Hangs { get; set; }

    /// <summary>No link comes up after a reset.</summary>
    public bool Dead { get; set; }

    /// <summary>The command engine does not stop when it is told to.</summary>
    public bool Unstoppable { get; set; }

    /// <summary>After a queued command's error the disk goes on with the others, and its next status hides the error, as QEMU's does.</summary>
    public bool GoesOnAfterErrors { get; set; }

    /// <summary>Changes what the log of queued errors says; null makes the disk refuse to tell.</summary>
    public Func<byte[], byte[]?> ErrorLog { get; set; } = log => log;

    /// <summary>Reports an error whenever a command comes, without executing it.</summary>
    public bool AlwaysFails { get; set; }

    /// <summary>A flush fails.</summary>
    public bool FlushFails { get; set; }

    public int Resets { get; private set; }

    /// <summary>The commands that came, in order.</summary>
    public List<byte> Commands { get; } = [];

    /// <summary>The regions of memory that the last command named.</summary>
    public List<(ulong Address, int Length)> Regions { get; } = [];

    /// <summary>The most commands that the disk had at once.</summary>
    public int Deepest { get; private set; }

    internal bool Interrupts => (_status & _enabled) != 0;

    internal uint Read(int register) => register switch
    {
        0x10 => _status,
        0x14 => _enabled,
        0x18 => _command,
        0x20 => _taskFile,
        0x24 => 0x101,
        0x28 => Dead || (_control & 15) == 1 ? 0u : 0x123,
        0x2c => _control,
        0x34 => _active,
        0x38 => _issued,
        _ => 0,
    };

    internal void Write(int register, uint value)
    {
        switch (register)
        {
            case 0x00:
                _list = (_list & ~0xffff_ffffUL) | value;
                break;
            case 0x04:
                _list = (uint)_list | ((ulong)value << 32);
                break;
            case 0x08:
                _received = (_received & ~0xffff_ffffUL) | value;
                break;
            case 0x0c:
                _received = (uint)_received | ((ulong)value << 32);
                break;
            case 0x10:
                _status &= ~value;
                break;
            case 0x14:
                _enabled = value;
                break;
            case 0x18:
                WriteCommand(value);
                break;
            case 0x2c:
                WriteControl(value);
                break;
            case 0x34:
                Assert.True((_command & 1) != 0, "PxSACT is written while the engine stands");
                _active |= value;
                break;
            case 0x38:
                Issue(value);
                break;
            default:
                break;
        }
    }

    private void WriteCommand(uint value)
    {
        bool runs = (value & 1) != 0 || (Unstoppable && (_command & 0x8000) != 0);
        if (runs && (_command & 1) == 0)
        {
            Assert.True((_taskFile & 0x88) == 0, "the engine is started while the disk is busy");
            Assert.True((value & 0x10) != 0 && _list != 0 && _received != 0 && _list % 1024 == 0 && _received % 256 == 0);
        }

        if (!runs)
        {
            _issued = 0;
            _active = 0;
        }

        _command = (value & 0x1f) | (runs ? 0x8000u : 0) | ((value & 0x10) != 0 ? 0x4000u : 0);
    }

    private void WriteControl(uint value)
    {
        if ((value & 15) == 1 && (_control & 15) != 1)
        {
            Resets++;
            _halted = false;
            _failedTag = -1;
            _active = 0;
            _issued = 0;
            _taskFile = 0x50;
        }

        _control = value;
    }

    private void Issue(uint slots)
    {
        Assert.True((_command & 1) != 0, "a command is issued while the engine stands");
        Assert.Equal(0u, _issued & slots);
        _issued |= slots;
        Deepest = Math.Max(Deepest, BitOperations.PopCount(_issued | _active));
        if (AlwaysFails)
        {
            _taskFile = 0x0441;
            Report(TaskFileError);
            return;
        }

        // From the highest down: a disk may take them in any order.
        for (int slot = 31; slot >= 0; slot--)
        {
            if ((slots & (1u << slot)) != 0 && !_halted)
                Execute(slot);
        }
    }

    private void Execute(int slot)
    {
        uint* header = (uint*)_list + (slot * 8);
        byte* table = (byte*)(header[2] | ((ulong)header[3] << 32));
        ReadOnlySpan<byte> fis = new(table, 20);
        Assert.Equal((0x27, 0x80, 5u), (fis[0], fis[1], header[0] & 31));
        byte command = fis[2];
        Commands.Add(command);
        if (Hangs)
            return;
        ReadRegions(table, (int)(header[0] >> 16));
        bool write = (header[0] & 64) != 0;
        ulong sector = fis[4] | ((ulong)fis[5] << 8) | ((ulong)fis[6] << 16) | ((ulong)fis[8] << 24) | ((ulong)fis[9] << 32);
        int count = fis[12] | (fis[13] << 8);
        int features = fis[3] | (fis[11] << 8);
        switch (command)
        {
            case 0x60 or 0x61:
                Assert.Equal(slot, count >> 3);
                Assert.True((_active & (1u << slot)) != 0, "a queued command was not announced in PxSACT");
                EndQueued(slot, TryMove(write, sector, features));
                break;
            case 0x25 or 0x35:
                Assert.Equal(command == 0x35, write);
                End(slot, TryMove(write, sector, count));
                break;
            case 0xec:
                Give(drive.Identify);
                End(slot, good: true);
                break;
            case 0x2f:
                // The disk takes commands again after it has told.
                _halted = false;
                byte[]? log = _failedTag < 0 ? null : ErrorLog(MakeLog());
                if (log is not null)
                    Give(log);
                End(slot, log is not null);
                break;
            case 0xea:
                drive.Flushes++;
                End(slot, !FlushFails);
                break;
            case 0x06:
                Assert.Equal(1, features);
                for (int i = 6; i < 512; i += 8)
                    drive.Trimmed += BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>((byte*)Regions[0].Address + i, 2));
                End(slot, good: true);
                break;
            default:
                End(slot, good: false);
                break;
        }
    }

    private void ReadRegions(byte* table, int count)
    {
        Regions.Clear();
        for (int i = 0; i < count; i++)
        {
            uint* region = (uint*)(table + 0x80 + (i * 16));
            Assert.Equal(1u, region[3] & 1); // the count is one less, and even
            Regions.Add((region[0] | ((ulong)region[1] << 32), (int)region[3] + 1));
        }
    }

    private bool TryMove(bool write, ulong sector, int count)
    {
        if (drive.Fails(sector, count))
            return false;
        Span<byte> disk = drive.Bytes.AsSpan((int)sector * 512, count * 512);
        foreach ((ulong address, int length) in Regions)
        {
            Span<byte> memory = new((byte*)address, length);
            if (write)
                memory.CopyTo(disk);
            else
                disk[..length].CopyTo(memory);
            disk = disk[length..];
        }

        Assert.Equal(0, disk.Length);
        return true;
    }

    private void Give(byte[] data) => data.CopyTo(new Span<byte>((byte*)Regions[0].Address, Regions[0].Length));

    private byte[] MakeLog()
    {
        byte[] log = new byte[512];
        log[0] = (byte)_failedTag;
        log[2] = 0x41;
        log[3] = 0x40;
        byte sum = 0;
        foreach (byte each in log)
            sum += each;
        log[511] = (byte)-sum;
        return log;
    }

    private void EndQueued(int slot, bool good)
    {
        _issued &= ~(1u << slot);
        if (good)
        {
            _active &= ~(1u << slot);
            _taskFile = 0x50;
            Report(SetDeviceBits);
            return;
        }

        _failedTag = slot;
        _halted = !GoesOnAfterErrors;
        _taskFile = 0x4041;
        Report(SetDeviceBits | TaskFileError);
    }

    private void End(int slot, bool good)
    {
        _taskFile = good ? 0x50u : 0x0451;
        if (good)
            _issued &= ~(1u << slot);
        Report(good ? DeviceToHost : DeviceToHost | TaskFileError);
    }

    private void Report(uint cause)
    {
        _status |= cause;
        if (Interrupts)
            ahci.Raise(number);
    }
}
