using System;
using System.Buffers.Binary;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pci;
using Guest.Testing;

namespace Guest.Storage.Tests;

/// <summary>An IDE controller at register level: one function with two channels, at the PC/AT's ports.</summary>
public sealed unsafe class ModelIde
{
    private readonly Channel[] _channels;

    public ModelIde(ModelAtaDrive? master, ModelAtaDrive? slave = null, ModelAtaDrive? secondMaster = null)
    {
        _channels = [new(this, master, slave), new(this, secondMaster, null)];
        for (int i = 0; i < 2; i++)
        {
            Channel channel = _channels[i];
            Platform.AddPorts(i == 0 ? 0x1f0 : 0x170, 8, (_, counters) => new Window(channel, Block.Command, counters));
            Platform.AddPorts(i == 0 ? 0x3f6 : 0x376, 1, (_, counters) => new Window(channel, Block.Control, counters));
        }

        Platform.AddPorts(0xc000, 16, (offset, counters) => new Window(_channels[offset / 8], Block.BusMaster, counters));
        Chip.AddPortBar(4, 0xc000, 16);
        PathCounters bus = new("pci");
        FakeConfiguration configuration = new(bus) { [0, 1, 0] = Chip };
        Function = PciBus.Enumerate(Platform, configuration, bus)[0];
    }

    private enum Block
    {
        Command,
        Control,
        BusMaster,
    }

    public FakePlatform Platform { get; } = new();

    /// <summary>The controller as it is on a bus.</summary>
    public FakeFunction Chip { get; } = new(0x8086, 0x7010, 0x0101_8000);

    public PciFunction Function { get; }

    /// <summary>Commands are taken and never end.</summary>
    public bool Hangs { get; set; }

    /// <summary>After a reset the drives stay busy.</summary>
    public bool Dead { get; set; }

    /// <summary>A PIO read asks for one data block too many.</summary>
    public bool AsksTooMuch { get; set; }

    /// <summary>A PIO transfer ends before its last data block.</summary>
    public bool EndsEarly { get; set; }

    /// <summary>DMA ends with the bus master still active.</summary>
    public bool StaysActive { get; set; }

    /// <summary>How long a software reset takes; meanwhile the drives are busy and take no register writes.</summary>
    public Duration ResetTime { get; set; } = Duration.FromMilliseconds(10);

    public int SoftResets { get; private set; }

    public byte LastCommand => _channels[0].LastCommand;

    /// <summary>Leaves the first channel's second drive selected, as firmware does that looked for it last.</summary>
    public void SelectSecond() => _channels[0].SelectSecond();

    /// <summary>Delivers the interrupts that are raised, as Platform.Idle does.</summary>
    public void DeliverInterrupts()
    {
        for (int i = 0; i < 2; i++)
        {
            if (!_channels[i].Line)
                continue;
            foreach ((int line, IInterruptHandler handler) in Platform.Lines)
            {
                if (line == 14 + i)
                    handler.OnInterrupt();
            }
        }
    }

    private sealed class Window(Channel channel, Block block, PathCounters counters) : RegisterWindow(counters, ports: true)
    {
        protected override byte Load8(int offset) => channel.Read(block, offset);

        protected override ushort Load16(int offset)
        {
            Assert.Equal((Block.Command, 0), (block, offset));
            return channel.ReadData();
        }

        protected override uint Load32(int offset) => throw new InvalidOperationException("no 32-bit reads here");

        protected override void Store8(int offset, byte value) => channel.Write(block, offset, value);

        protected override void Store16(int offset, ushort value)
        {
            Assert.Equal((Block.Command, 0), (block, offset));
            channel.WriteData(value);
        }

        protected override void Store32(int offset, uint value)
        {
            Assert.Equal((Block.BusMaster, 4), (block, offset));
            channel.Table = value;
        }
    }

    private sealed class Channel(ModelIde ide, ModelAtaDrive? master, ModelAtaDrive? slave)
    {
        private readonly byte[] _current = new byte[8];
        private readonly byte[] _previous = new byte[8];
        private readonly byte[] _status = [0x50, 0x50];
        private Instant _resetEnd = Instant.Never;
        private byte _error;
        private byte _busMasterCommand;
        private byte _busMasterStatus = 0x60;
        private byte _pendingDma;
        private byte[] _data = [];
        private int _at;
        private int _blockEnd;
        private bool _pioWrite;
        private ulong _sector;
        private int _multiple = 1;
        private int _blockSectors = 1;

        public uint Table;

        public bool Line { get; private set; }

        public byte LastCommand { get; private set; }

        /// <summary>Leaves the second drive selected, as firmware does that looked for it last.</summary>
        public void SelectSecond() => _current[6] = 0xb0;

        private ModelAtaDrive? Selected => (_current[6] & 0x10) == 0 ? master : slave;

        private ref byte Status
        {
            get
            {
                if (ide.Platform.Time >= _resetEnd && !ide.Dead)
                {
                    _status.AsSpan().Fill(0x50);
                    _resetEnd = Instant.Never;
                }

                return ref _status[(_current[6] >> 4) & 1];
            }
        }

        public byte Read(Block block, int offset)
        {
            ide.Platform.Time += Duration.FromMicroseconds(1);
            if (block == Block.BusMaster)
                return offset switch { 0 => _busMasterCommand, 2 => _busMasterStatus, _ => throw new InvalidOperationException() };
            if (master is null && slave is null)
                return 0xff;
            if (block == Block.Control)
                return Selected is null ? (byte)0 : Status;
            if (offset != 7)
                return offset == 1 ? _error : _current[offset];
            Line = false;
            return Selected is null ? (byte)0 : Status;
        }

        public void Write(Block block, int offset, byte value)
        {
            ide.Platform.Time += Duration.FromMicroseconds(1);
            if (block == Block.BusMaster)
                WriteBusMaster(offset, value);
            else if (block == Block.Control)
                WriteControl(value);
            else if (offset == 7)
                Execute(value);
            else
            {
                // Drives in a reset hear nothing.
                if (!_resetEnd.IsNever && (Status & 0x80) != 0)
                    return;
                Assert.True((Status & 0x88) == 0 || offset == 6, "a register is written while the drive is busy");
                _previous[offset] = _current[offset];
                _current[offset] = value;
            }
        }

        public ushort ReadData()
        {
            Assert.True((Status & 8) != 0 && !_pioWrite, "data is read that was not offered");
            ushort value = BinaryPrimitives.ReadUInt16LittleEndian(_data.AsSpan(_at));
            _at += 2;
            if (_at == _blockEnd)
                NextReadBlock();
            return value;
        }

        public void WriteData(ushort value)
        {
            Assert.True((Status & 8) != 0 && _pioWrite, "data is written that was not asked for");
            BinaryPrimitives.WriteUInt16LittleEndian(_data.AsSpan(_at), value);
            _at += 2;
            if (_at != _blockEnd)
                return;
            if (_at == _data.Length || ide.EndsEarly)
            {
                _data.AsSpan(0, _at).CopyTo(Selected!.Bytes.AsSpan((int)_sector * 512));
                Status = 0x50;
            }
            else
            {
                _blockEnd = Math.Min(_data.Length, _blockEnd + (_blockSectors * 512));
            }

            Raise();
        }

        private void NextReadBlock()
        {
            if (_at == _data.Length || (ide.EndsEarly && _data.Length > 512))
            {
                Status = 0x50;
                if (ide.EndsEarly)
                    Raise();
                return;
            }

            _blockEnd = Math.Min(_data.Length, _blockEnd + (_blockSectors * 512));
            Raise();
        }

        private void Raise()
        {
            Line = true;
            _busMasterStatus |= 4;
        }

        private void WriteControl(byte value)
        {
            if ((value & 4) == 0)
                return;
            ide.SoftResets++;
            ide.Hangs = false;
            _status.AsSpan().Fill(0x80);
            _resetEnd = ide.Platform.Time + ide.ResetTime;
            _pendingDma = 0;
            Line = false;
        }

        private void WriteBusMaster(int offset, byte value)
        {
            if (offset == 2)
            {
                _busMasterStatus = (byte)((_busMasterStatus & ~(value & 6) & ~0x60) | (value & 0x60));
                return;
            }

            Assert.Equal(0, offset);
            bool started = (value & 1) != 0 && (_busMasterCommand & 1) == 0;
            _busMasterCommand = value;
            if ((value & 1) == 0)
                _busMasterStatus &= 0xfe;
            else
                _busMasterStatus |= 1;
            if (started && _pendingDma != 0 && !ide.Hangs)
                RunDma();
        }

        private void Execute(byte command)
        {
            LastCommand = command;
            if (Selected is not { } drive)
                return;
            Assert.True((Status & 0x88) == 0, "a command is written while the drive is busy");
            Status = 0x50;
            _error = 0;
            if (ide.Hangs && command is not 0xec)
            {
                Status = 0xd0;
                return;
            }

            switch (command)
            {
                case 0xec:
                    StartRead([.. drive.Identify], 1);
                    break;
                case 0xc6:
                    _multiple = _current[2];
                    Raise();
                    break;
                case 0xe7 or 0xea:
                    drive.Flushes++;
                    Raise();
                    break;
                case 0xc8 or 0xca or 0x25 or 0x35 or 0x06:
                    Status = 0xd0;
                    _pendingDma = command;
                    break;
                default:
                    StartPio(drive, command);
                    break;
            }
        }

        private void StartPio(ModelAtaDrive drive, byte command)
        {
            bool wide = command is 0x24 or 0x34 or 0x29 or 0x39;
            _blockSectors = command is 0x29 or 0x39 or 0xc4 or 0xc5 ? _multiple : 1;
            int count = Address(wide);
            if (drive.Fails(_sector, count))
            {
                Fail();
                return;
            }

            byte[] data = drive.Bytes.AsSpan((int)_sector * 512, count * 512).ToArray();
            if (command is 0x20 or 0x24 or 0xc4 or 0x29)
            {
                StartRead(ide.AsksTooMuch ? [.. data, .. new byte[512]] : data, _blockSectors);
                return;
            }

            _data = data;
            _at = 0;
            _blockEnd = Math.Min(data.Length, _blockSectors * 512);
            _pioWrite = true;
            Status |= 8; // no interrupt for a write's first block
        }

        private void StartRead(byte[] data, int blockSectors)
        {
            _blockSectors = blockSectors;
            _data = data;
            _at = 0;
            _blockEnd = Math.Min(data.Length, blockSectors * 512);
            _pioWrite = false;
            Status |= 8;
            Raise();
        }

        private int Address(bool wide)
        {
            ulong low = (ulong)(_current[3] | (_current[4] << 8) | (_current[5] << 16));
            ulong high = (ulong)(_previous[3] | (_previous[4] << 8) | (_previous[5] << 16));
            _sector = wide ? low | (high << 24) : low | ((ulong)(_current[6] & 15) << 24);
            int count = wide ? (_previous[2] << 8) | _current[2] : _current[2];
            return count != 0 ? count : wide ? 65536 : 256;
        }

        private void Fail()
        {
            Status = 0x51;
            _error = 0x40;
            Raise();
        }

        private void RunDma()
        {
            ModelAtaDrive drive = Selected!;
            byte command = _pendingDma;
            _pendingDma = 0;
            int count = Address(command is 0x25 or 0x35);
            bool toMemory = command is 0xc8 or 0x25;
            Assert.Equal(toMemory, (_busMasterCommand & 8) != 0);
            if (command == 0x06)
                Trim(drive);
            else if (drive.Fails(_sector, count))
            {
                Fail();
                return;
            }
            else
                Move(drive.Bytes.AsSpan((int)_sector * 512, count * 512), toMemory);
            Status = 0x50;
            if (!ide.StaysActive)
                _busMasterStatus &= 0xfe;
            Raise();
        }

        private void Trim(ModelAtaDrive drive)
        {
            byte[] block = new byte[512];
            Move(block, toMemory: false);
            for (int i = 0; i < 512; i += 8)
                drive.Trimmed += BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(i + 6));
        }

        private void Move(Span<byte> disk, bool toMemory)
        {
            uint* entry = (uint*)(ulong)Table;
            while (true)
            {
                int length = (entry[1] & 0xffff) == 0 ? 65536 : (int)(entry[1] & 0xffff);
                Assert.Equal(entry[0] >> 16, (entry[0] + (uint)length - 1) >> 16);
                Span<byte> memory = new((byte*)(ulong)entry[0], length);
                if (toMemory)
                    disk[..length].CopyTo(memory);
                else
                    memory.CopyTo(disk);
                disk = disk[length..];
                if ((entry[1] & 0x8000_0000) != 0)
                    break;
                entry += 2;
            }

            Assert.Equal(0, disk.Length);
        }
    }
}
