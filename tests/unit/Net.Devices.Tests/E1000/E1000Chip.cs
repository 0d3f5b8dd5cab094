using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices.Tests.E1000;

/// <summary>A model of the 82540EM and the 82574L at the level of their registers, as QEMU behaves: CTRL.RST leaves the rings alone, DD
/// is reported only where RS asks, and the ring is empty where head meets tail.</summary>
internal sealed class E1000Chip(PathCounters counters, bool is82574 = false) : RegisterWindow(counters, ports: false)
{
    private const int ICR = 0xc0, IMS = 0xd0, IMC = 0xd8, EIAC = 0xdc, CTRL = 0, STATUS = 8, EECD = 0x10, EERD = 0x14;
    private const int RCTL = 0x100, TCTL = 0x400, RDBAL = 0x2800, RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818;
    private const int TDBAL = 0x3800, TDLEN = 0x3808, TDH = 0x3810, TDT = 0x3818, RFCTL = 0x5008, RAL0 = 0x5400, RAH0 = 0x5404;

    private readonly Dictionary<int, uint> _registers = [];
    private readonly List<byte> _frame = [];
    private (int Start, int Field) _context;
    private E1000SegmentModel _segments;
    private bool _sum;

    /// <summary>Frames on the wire, checksums completed.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>Every access since the list was cleared, as "W3818" or "R00c0".</summary>
    public List<string> Accesses { get; } = [];

    /// <summary>Transmit descriptors that asked for status.</summary>
    public int Reports { get; private set; }

    public byte[] Eeprom { get; set; } = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];

    public bool HasEeprom { get; set; } = true;

    public bool NeverResets { get; set; }

    /// <summary>Takes descriptors and does nothing with them.</summary>
    public bool TransmitterHangs { get; set; }

    public bool Link { get; set; } = true;

    public bool MessageSignalled { get; set; }

    /// <summary>Messages sent for vector 0 and 1.</summary>
    public int[] Messages { get; } = new int[2];

    public uint this[int register]
    {
        get => _registers.GetValueOrDefault(register);
        set => _registers[register] = value;
    }

    /// <summary>Whether the interrupt line is asserted.</summary>
    public bool Line => !MessageSignalled && (this[ICR] & this[IMS]) != 0;

    /// <summary>A frame arrives.</summary>
    /// <returns>False if there was no room for it.</returns>
    public bool Arrive(byte[] frame, byte status = 0x63, byte errors = 0, int? length = null)
    {
        if ((this[RCTL] & 2) == 0)
            return false;
        if (this[RDH] == this[RDT])
        {
            Cause(1 << 6);
            return false;
        }

        Span<byte> descriptor = Frames.Memory(Ring(RDBAL) + (16 * this[RDH]), 16);
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
        Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]));
        bool strip = (this[RCTL] & (1 << 26)) != 0;
        frame.CopyTo(Frames.Memory(address, frame.Length));
        ushort reported = (ushort)((length ?? frame.Length) + (strip ? 0 : 4));
        if ((this[RFCTL] & (1 << 15)) != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(descriptor, 0xdead_beef_0000_0000); // write-back covers the address
            BinaryPrimitives.WriteUInt64LittleEndian(descriptor[8..], status | ((ulong)errors << 24) | ((ulong)reported << 32));
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(
                descriptor[8..], reported | 0xabcd_0000ul | ((ulong)status << 32) | ((ulong)errors << 40));
        }

        this[RDH] = (this[RDH] + 1) % (this[RDLEN] / 16);
        Cause(1 << 7);
        if (MessageSignalled)
            Cause(1 << 20);
        return true;
    }

    /// <summary>The cable is plugged in or out.</summary>
    public void SetLink(bool up)
    {
        Link = up;
        Cause(1 << 2);
        if (MessageSignalled)
            Cause(1 << 24);
    }

    public void Cause(uint causes)
    {
        this[ICR] |= causes;
        if (!MessageSignalled)
            return;
        uint raised = this[IMS] & causes;
        if ((raised & (1 << 20)) != 0)
            Messages[0]++;
        if ((raised & (1 << 24)) != 0)
            Messages[1]++;
        this[ICR] &= ~(raised & this[EIAC]);
    }

    public int Count(string access) => Accesses.FindAll(a => a == access).Count;

    protected override byte Load8(int offset) => throw new InvalidOperationException("the chip wants 32 bits at a time");

    protected override ushort Load16(int offset) => throw new InvalidOperationException("the chip wants 32 bits at a time");

    protected override void Store8(int offset, byte value) => throw new InvalidOperationException("the chip wants 32 bits at a time");

    protected override void Store16(int offset, ushort value) => throw new InvalidOperationException("the chip wants 32 bits at a time");

    protected override uint Load32(int offset)
    {
        Accesses.Add($"R{offset:x4}");
        switch (offset)
        {
            case ICR:
                uint causes = this[ICR];
                this[ICR] = 0;
                return causes;
            case STATUS:
                return Link ? 0x8008_0783 : 0x8008_0781;
            case EECD:
                return 1 << 9;
            case CTRL:
                return NeverResets ? this[CTRL] : this[CTRL] & ~(1u << 26);
            default:
                return this[offset];
        }
    }

    protected override void Store32(int offset, uint value)
    {
        Accesses.Add($"W{offset:x4}");
        switch (offset)
        {
            case ICR:
                this[ICR] &= ~value;
                break;
            case IMS:
                this[IMS] |= value;
                break;
            case IMC:
                this[IMS] &= ~value;
                break;
            case EERD:
                ReadEeprom(value);
                break;
            case TDT:
                this[TDT] = value;
                RunTransmitter();
                break;
            case CTRL when (value & (1 << 26)) != 0 && !is82574:
                this[RAL0] = BinaryPrimitives.ReadUInt32LittleEndian(Eeprom);
                this[RAH0] = 0x8000_0000u | BinaryPrimitives.ReadUInt16LittleEndian(Eeprom.AsSpan(4));
                this[CTRL] = value;
                break;
            default:
                this[offset] = value;
                break;
        }
    }

    private void ReadEeprom(uint command)
    {
        (int shift, uint done) = is82574 ? (2, 2u) : (8, 16u);
        uint word = (command & 0xffff) >> shift;
        this[EERD] = HasEeprom
            ? (word << shift) | done | ((uint)BinaryPrimitives.ReadUInt16LittleEndian(Eeprom.AsSpan((int)word * 2)) << 16)
            : command;
    }

    private void RunTransmitter()
    {
        while (!TransmitterHangs && this[TDH] != this[TDT])
        {
            Assert.NotEqual(0u, this[TCTL] & 2);
            Span<byte> descriptor = Frames.Memory(Ring(TDBAL) + (16 * this[TDH]), 16);
            ulong low = BinaryPrimitives.ReadUInt64LittleEndian(descriptor);
            ulong high = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[8..]);
            bool extended = (high & (1 << 29)) != 0;
            if (extended && ((high >> 20) & 15) == 0)
                TakeContext(low, high);
            else
                Take(low, high, extended);
            if ((high & (1 << 27)) != 0)
            {
                Reports++;
                descriptor[12] |= 1;
            }

            this[TDH] = (this[TDH] + 1) % (this[TDLEN] / 16);
        }
    }

    // A context for segments takes the place of one for checksums, as in the chip.
    private void TakeContext(ulong low, ulong high)
    {
        _context = ((byte)(low >> 32), (byte)(low >> 40));
        if ((high & (1 << 26)) != 0)
            _segments = new E1000SegmentModel(low, high);
    }

    private void Take(ulong address, ulong high, bool extended)
    {
        int length = extended ? (int)(high & 0xfffff) : (int)(high & 0xffff);
        if (_frame.Count == 0)
            _sum = extended && (high & (1ul << 41)) != 0;
        _frame.AddRange(Frames.Memory(address, length));
        if ((high & (1 << 24)) == 0)
            return;
        byte[] frame = [.. _frame];
        _frame.Clear();
        if ((high & (1 << 26)) != 0)
        {
            Sent.AddRange(_segments.Cut(frame));
            return;
        }

        if (_sum)
        {
            uint sum = 0;
            for (int i = _context.Start; i < frame.Length; i++)
                sum += (i - _context.Start) % 2 == 0 ? (uint)frame[i] << 8 : frame[i];
            while (sum > 0xffff)
                sum = (sum & 0xffff) + (sum >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(_context.Field), (ushort)~sum);
        }

        Sent.Add(frame);
    }

    private ulong Ring(int register) => this[register] | ((ulong)this[register + 4] << 32);
}
