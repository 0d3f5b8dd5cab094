using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Net.Devices.Tests.Ne2000;

/// <summary>A model of the RTL8029 at the level of its ports: register pages, remote DMA through the data port with the ring's wrap, and
/// memory that is nobody's outside its 16 KiB.</summary>
internal sealed class Ne2000Chip(PathCounters counters) : RegisterWindow(counters, ports: true)
{
    private const int CR = 0, PSTART = 1, PSTOP = 2, BNRY = 3, TPSR = 4, TBCR0 = 5, ISR = 7, RSAR0 = 8, RBCR0 = 10, RCR = 12, TCR = 13, IMR = 15;
    private const int CURR = 7;
    private const int Data = 0x10, ResetPort = 0x1f;
    private const byte PRX = 1, PTX = 2, OVW = 0x10, RDC = 0x40, RST = 0x80;

    private readonly byte[] _page0 = new byte[16];
    private readonly byte[] _page1 = new byte[16];
    private readonly byte[] _memory = new byte[0x8000];
    private int _address;
    private int _remaining;
    private bool _cutOff;

    public byte[] Station { get; set; } = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];

    public List<byte[]> Sent { get; } = [];

    /// <summary>What was read and written, while <see cref="NotesAccesses"/>.</summary>
    public List<string> Accesses { get; } = [];

    public bool NotesAccesses { get; init; } = true;

    public bool NeverResets { get; set; }

    public bool TransmitterHangs { get; set; }

    public bool TransfersHang { get; set; }

    /// <summary>Whether the chip asks only for the room of a usual frame, as QEMU's does: longer ones write over what was not read.</summary>
    public bool WritesOver { get; set; }

    /// <summary>Units of 16 or 32 bits that were moved through the data port.</summary>
    public int Units { get; private set; }

    public bool Line => (_page0[ISR] & _page0[IMR] & 0x7f) != 0;

    public byte Current
    {
        get => _page1[CURR];
        set => _page1[CURR] = value;
    }

    /// <summary>A frame arrives.</summary>
    /// <returns>False if it was lost: the chip says OVW then and receives no more until it is restarted.</returns>
    public bool Arrive(byte[] frame, byte status = 1, int? count = null, int? next = null)
    {
        if ((_page0[CR] & 1) != 0 || (_page0[RCR] & 0x20) != 0 || (_page0[TCR] & 6) != 0 || (_page0[ISR] & OVW) != 0)
            return false;
        int pages = (frame.Length + 4 + 4 + 255) / 256;
        int ring = _page0[PSTOP] - _page0[PSTART];
        int free = (_page0[BNRY] - Current + ring) % ring;
        if (WritesOver ? free * 256 < 1518 : pages > free)
        {
            Raise(OVW);
            return false;
        }

        int at = Current * 256;
        int after = Wrap(Current + pages);
        Put(ref at, [status, (byte)(next ?? after), (byte)(count ?? (frame.Length + 4)), (byte)((count ?? (frame.Length + 4)) >> 8)]);
        Put(ref at, frame);
        Current = (byte)after;
        Raise(PRX);
        return true;
    }

    public void Raise(byte causes) => _page0[ISR] |= causes;

    public int Count(string access) => Accesses.FindAll(a => a == access).Count;

    protected override byte Load8(int offset)
    {
        if (NotesAccesses)
            Accesses.Add($"R{offset:x2}");
        if (offset is CR or ResetPort)
        {
            if (offset == ResetPort)
                Reset();
            return _page0[CR];
        }

        return (_page0[CR] >> 6) switch
        {
            0 when offset == ISR => _page0[ISR],
            1 when offset == CURR => Current,
            _ => throw new InvalidOperationException($"register {offset:x} of page {_page0[CR] >> 6} is not to be read"),
        };
    }

    protected override void Store8(int offset, byte value)
    {
        if (NotesAccesses)
            Accesses.Add($"W{offset:x2}");
        if (offset == CR)
            Command(value);
        else if (offset == ResetPort)
            Reset();
        else if (_page0[CR] >> 6 == 1)
            _page1[offset] = value;
        else if (offset == ISR)
            _page0[ISR] &= (byte)~value;
        else
            _page0[offset] = value;
    }

    protected override ushort Load16(int offset) => (ushort)MoveOut(offset, 2);

    protected override void Store16(int offset, ushort value) => MoveIn(offset, value, 2);

    protected override uint Load32(int offset) => MoveOut(offset, 4);

    protected override void Store32(int offset, uint value) => MoveIn(offset, value, 4);

    private uint MoveOut(int offset, int bytes)
    {
        Assert.Equal(Data, offset);
        Assert.Equal(1, (_page0[CR] >> 3) & 7);
        Units++;
        uint unit = 0;
        for (int i = 0; i < bytes; i++)
            unit |= (uint)Move() << (8 * i);
        return unit;
    }

    private void MoveIn(int offset, uint unit, int bytes)
    {
        Assert.Equal(Data, offset);
        Assert.Equal(2, (_page0[CR] >> 3) & 7);
        Units++;
        for (int i = 0; i < bytes; i++)
        {
            Assert.NotEqual(0, _remaining);
            Move((byte)(unit >> (8 * i)));
        }
    }

    private void Command(byte value)
    {
        bool stopped = (_page0[CR] & 1) != 0;
        if (((value >> 3) & 7) is 1 or 2)
        {
            _address = _page0[RSAR0] | (_page0[RSAR0 + 1] << 8);
            _remaining = _page0[RBCR0] | (_page0[RBCR0 + 1] << 8);
        }

        if ((value & 1) != 0 && TransmitterHangs && (_page0[CR] & 4) != 0)
            _cutOff = true;
        _page0[CR] = (byte)(value | (_page0[CR] & 4 & (stopped ? 0 : 4)));
        if ((value & 4) == 0 || TransmitterHangs)
            return;
        int length = _page0[TBCR0] | (_page0[TBCR0 + 1] << 8);
        Assert.InRange(length, 60, 1518);
        Sent.Add(_memory.AsSpan((_page0[TPSR] * 256) - 0x4000, length).ToArray());
        _page0[CR] &= 0xfb;
        _cutOff = false;
        Raise(PTX);
    }

    /// <summary>Whether a stop came while a frame was being sent that has not been sent since.</summary>
    public bool CutOff => _cutOff;

    private byte Move(byte? store = null)
    {
        byte value = 0xff;
        if (_address < 32)
        {
            value = _address / 2 < 6 ? Station[_address / 2] : (byte)0x57;
        }
        else if (_address is >= 0x4000 and < 0xc000)
        {
            if (store is { } given)
                _memory[_address - 0x4000] = given;
            value = _memory[_address - 0x4000];
        }

        _address++;
        if (_address == _page0[PSTOP] * 256)
            _address = _page0[PSTART] * 256;
        if (_remaining > 0 && --_remaining == 0 && !TransfersHang)
            Raise(RDC);
        return value;
    }

    private void Put(ref int at, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (at is >= 0x4000 and < 0xc000)
                _memory[at - 0x4000] = b;
            at++;
            if (at == _page0[PSTOP] * 256)
                at = _page0[PSTART] * 256;
        }
    }

    private int Wrap(int page) => page >= _page0[PSTOP] ? page - (_page0[PSTOP] - _page0[PSTART]) : page;

    private void Reset()
    {
        _page0[CR] = 0x21;
        _page0[ISR] = NeverResets ? (byte)0 : RST;
    }
}
