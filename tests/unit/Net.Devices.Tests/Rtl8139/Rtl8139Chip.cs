using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices.Tests.Rtl8139;

/// <summary>A model of the RTL8139C+ at the level of its registers, in both its ways of working: the ring whose arrivals carry a header and
/// their check sequence and wrap anywhere, the four slots, and the descriptors.</summary>
internal sealed class Rtl8139Chip(PathCounters counters) : RegisterWindow(counters, ports: true)
{
    private const int TSD0 = 0x10, TSAD0 = 0x20, RBSTART = 0x30, CR = 0x37, CAPR = 0x38, CBR = 0x3a, IMR = 0x3c, ISR = 0x3e;
    private const int TCR = 0x40, RCR = 0x44, MPC = 0x4c, MSR = 0x58, TSAD = 0x60, TPPoll = 0xd9, CPCR = 0xe0, RDSAR = 0xe4;
    private const uint Own = 1u << 31, EndOfRing = 1 << 30;

    private readonly byte[] _registers = new byte[256];
    private readonly List<byte> _frame = [];
    private int _write;
    private int _slot;
    private int _receiveDescriptor;
    private int _sendDescriptor;
    private (int At, byte[] Frame)? _unfinished;

    public byte[] Station { get; set; } = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];

    public List<byte[]> Sent { get; } = [];

    public List<string> Accesses { get; } = [];

    public bool NeverResets { get; set; }

    public bool TransmitterHangs { get; set; }

    public bool Line => (Get16(ISR) & Get16(IMR)) != 0;

    public int Count(string access) => Accesses.FindAll(a => a == access).Count;

    /// <summary>A frame arrives.</summary>
    /// <returns>False if it was lost for want of room.</returns>
    public bool Arrive(byte[] frame, ushort status = 1, int? length = null) =>
        (Get16(CPCR) & 2) != 0 ? ArriveCPlus(frame, 0x3002_0000, length) : ArriveClassic(frame, status, length);

    /// <summary>In C+ mode, with a status of the test's choice.</summary>
    public bool ArriveCPlus(byte[] frame, uint status, int? length = null)
    {
        Span<byte> descriptor = Frames.Memory(Get64(RDSAR) + (16ul * (uint)_receiveDescriptor), 16);
        uint command = BinaryPrimitives.ReadUInt32LittleEndian(descriptor);
        if ((command & Own) == 0)
        {
            _registers[MPC]++;
            Raise(1 << 4);
            return false;
        }

        Assert.True(frame.Length + 4 <= (command & 0x1fff));
        frame.CopyTo(Frames.Memory(BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]), frame.Length));
        uint reported = (uint)(length ?? (frame.Length + 4)) & 0x1fff;
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor, (command & EndOfRing) | status | reported);
        _receiveDescriptor = (command & EndOfRing) != 0 ? 0 : _receiveDescriptor + 1;
        Raise(1);
        return true;
    }

    /// <summary>The header of a frame is in the ring, and CBR moves, while the rest is still coming in.</summary>
    public void BeginArrival(byte[] frame)
    {
        _unfinished = (_write, frame);
        Put(BitConverter.GetBytes(0xfff0_0001u));
        Put(frame.AsSpan(0, 8));
        Raise(1);
    }

    public void EndArrival()
    {
        (_write, byte[] frame) = _unfinished!.Value;
        ArriveClassic(frame, 1, null);
    }

    public void SetLink(bool up)
    {
        _registers[MSR] = (byte)(up ? 0 : 4);
        Raise(1 << 5);
    }

    public void Raise(int causes) => Put16(ISR, (ushort)(Get16(ISR) | causes));

    /// <summary>Lets a transmitter that hung go on.</summary>
    public void ResumeTransmitter()
    {
        TransmitterHangs = false;
        int first = _slot;
        for (int i = 0; i < 4; i++)
        {
            int slot = (first + i) % 4;
            if ((Get32(TSD0 + (4 * slot)) & (1 << 13)) == 0)
                SendSlot(slot);
        }

        SendRing();
    }

    protected override byte Load8(int offset)
    {
        Accesses.Add($"R{offset:x2}");
        return offset == CR && !NeverResets ? (byte)(_registers[CR] & ~0x10) : _registers[offset];
    }

    protected override ushort Load16(int offset)
    {
        Accesses.Add($"R{offset:x2}");
        return offset switch
        {
            CBR => (ushort)_write,
            TSAD => SummaryOfSlots(),
            _ => Get16(offset),
        };
    }

    protected override uint Load32(int offset)
    {
        Accesses.Add($"R{offset:x2}");
        return Get32(offset);
    }

    protected override void Store8(int offset, byte value)
    {
        Accesses.Add($"W{offset:x2}");
        _registers[offset] = value;
        if (offset == CR && (value & 0x10) != 0)
            Reset();
        else if (offset == CR && (value & 8) != 0)
            (_receiveDescriptor, _sendDescriptor) = (0, 0);
        else if (offset == TPPoll)
            SendRing();
    }

    protected override void Store16(int offset, ushort value)
    {
        Accesses.Add($"W{offset:x2}");
        Put16(offset, offset == ISR ? (ushort)(Get16(ISR) & ~value) : value);
    }

    protected override void Store32(int offset, uint value)
    {
        Accesses.Add($"W{offset:x2}");
        if (offset == TCR && (_registers[CR] & 4) == 0)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(_registers.AsSpan(offset), value);
        if (offset == RCR)
            _write = 0;
        if (offset is >= TSD0 and < TSAD0 && (value & (1 << 13)) == 0)
            SendSlot((offset - TSD0) / 4);
    }

    private int RingSize => 8192 << (int)((Get32(RCR) >> 11) & 3);

    private bool ArriveClassic(byte[] frame, ushort status, int? length)
    {
        if ((_registers[CR] & 8) == 0)
            return false;
        int free = (((short)Get16(CAPR) + 16 - _write) % RingSize + RingSize) % RingSize;
        if (free != 0 && ((frame.Length + 8 + 3) & ~3) >= free)
        {
            _registers[MPC]++;
            Raise(1 << 4);
            return false;
        }

        Put(BitConverter.GetBytes(((uint)(length ?? (frame.Length + 4)) << 16) | status));
        Put(frame);
        Put([0xc, 0xc, 0xc, 0xc]);
        _write = ((_write + 3) & ~3) % RingSize;
        Raise(1);
        return true;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        Span<byte> ring = Frames.Memory(Get32(RBSTART), RingSize);
        int first = Math.Min(bytes.Length, RingSize - _write);
        bytes[..first].CopyTo(ring[_write..]);
        bytes[first..].CopyTo(ring);
        _write = (_write + bytes.Length) % RingSize;
    }

    private void SendSlot(int slot)
    {
        if (TransmitterHangs)
            return;
        Assert.Equal(_slot, slot);
        _slot = (slot + 1) % 4;
        uint status = Get32(TSD0 + (4 * slot));
        uint address = Get32(TSAD0 + (4 * slot));
        Assert.Equal(0u, address % 4);
        Sent.Add(Frames.Memory(address, (int)(status & 0x1fff)).ToArray());
        BinaryPrimitives.WriteUInt32LittleEndian(_registers.AsSpan(TSD0 + (4 * slot)), status | (1 << 13) | (1 << 15));
    }

    private ushort SummaryOfSlots()
    {
        int summary = 0;
        for (int i = 0; i < 4; i++)
            summary |= (int)(((Get32(TSD0 + (4 * i)) >> 13) & 1) << i) | (int)(((Get32(TSD0 + (4 * i)) >> 15) & 1) << (12 + i));
        return (ushort)summary;
    }

    private void SendRing()
    {
        while (!TransmitterHangs && (Get16(CPCR) & 1) != 0)
        {
            Span<byte> descriptor = Frames.Memory(Get64(TSAD0) + (16ul * (uint)_sendDescriptor), 16);
            uint command = BinaryPrimitives.ReadUInt32LittleEndian(descriptor);
            if ((command & Own) == 0)
                return;
            if ((command & (1 << 29)) != 0)
                _frame.Clear();
            _frame.AddRange(Frames.Memory(BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]), (int)(command & 0xffff)));
            if ((command & (1 << 28)) != 0)
                Sent.Add([.. _frame]);
            ChecksumCommands.Add(command & 0x3_0000);
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor, command & ~Own);
            _sendDescriptor = (command & EndOfRing) != 0 ? 0 : _sendDescriptor + 1;
        }
    }

    /// <summary>TCPCS and UDPCS of each descriptor that was sent.</summary>
    public List<uint> ChecksumCommands { get; } = [];

    private void Reset()
    {
        Array.Clear(_registers);
        Station.CopyTo(_registers, 0);
        _registers[CR] = 0x10;
        for (int i = 0; i < 4; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(_registers.AsSpan(TSD0 + (4 * i)), 1 << 13);
        (_write, _slot, _receiveDescriptor, _sendDescriptor) = (0, 0, 0, 0);
    }

    private ushort Get16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_registers.AsSpan(offset));

    private uint Get32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_registers.AsSpan(offset));

    private ulong Get64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_registers.AsSpan(offset));

    private void Put16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_registers.AsSpan(offset), value);
}
