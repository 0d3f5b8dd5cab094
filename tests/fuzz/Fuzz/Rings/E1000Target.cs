using System;
using System.Buffers.Binary;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Net.Devices.Tests.E1000;
using Guest.Testing;
using ChipFrames = Guest.Net.Devices.Tests.Frames;

namespace Guest.Fuzz.Rings;

/// <summary>E1000 against the model of either chip.</summary>
internal sealed class E1000Target : ChipTarget
{
    private const int RDBAL = 0x2800, RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818, TDBAL = 0x3800;

    private E1000Chip _chip = null!;
    private int _taken;

    private E1000 Driver => (E1000)Card;

    protected override Nic MakeCard(FakePlatform platform, LyingRegisters registers, ref Random64 random)
    {
        bool is82574 = random.Chance(50);
        _chip = new E1000Chip(new PathCounters("model"), is82574);
        return new E1000(is82574 ? E1000Model.I82574 : E1000Model.I82540, platform, registers.Wrap(_chip, Counters, ports: false), Pool, Counters);
    }

    protected override bool Arrive(byte[] frame) => _chip.Arrive(frame);

    protected override void ForgetAccesses() => _chip.Accesses.Clear();

    protected override bool Line => _chip.Line;

    protected override void TakeSent(bool all, ref Random64 random)
    {
        for (; _taken < _chip.Sent.Count; _taken++)
            OnSent(_chip.Sent[_taken]);
        if (_taken < 1000)
            return;
        _chip.Sent.Clear();
        _taken = 0;
    }

    protected override string LieOfChip(ref Random64 random)
    {
        switch (random.Below(8))
        {
            case 0 or 1 when !IsConfused:
                _chip.Arrive(Frame(ref random), (byte)random.Next(), (byte)(random.Chance(50) ? random.Next() : 0), random.Pick(0, 1, 13, 4096, 65531, random.Below(65532)));
                return "an arrival with a status and a length of chance";
            case 2 or 3:
                return Scribble(ref random);
            case 4:
                _chip.TransmitterHangs = random.Chance(50);
                return $"the transmitter hangs: {_chip.TransmitterHangs}";
            case 5:
                _chip.SetLink(random.Chance(50));
                return $"link {_chip.Link}";
            case 6:
                IsConfused = true;
                _chip[RDH] = (uint)random.Below((int)Math.Max(1, _chip[RDLEN] / 16));
                return "the receive head jumps";
            default:
                _chip.Cause((uint)random.Next());
                return "causes of chance";
        }
    }

    protected override void BecomeHonestChip()
    {
        _chip.TransmitterHangs = false;
        if (!_chip.Link)
            _chip.SetLink(true);
        _chip.Cause(1 << 2);
    }

    protected override void HangTransmitter() => _chip.TransmitterHangs = true;

    private string Scribble(ref Random64 random)
    {
        bool receives = random.Chance(50);
        int ring = receives ? RDBAL : TDBAL;
        int count = (int)(_chip[ring + 8] / 16);
        if (count == 0)
            return "nothing";
        int at = random.Below(count);
        Span<byte> descriptor = ChipFrames.Memory(_chip[ring] | ((ulong)_chip[ring + 4] << 32), count * 16).Slice(at * 16, 16);
        // What the chip is still to read says where to and how much: the model would follow it anywhere. Of what is to be sent, the status alone is its own.
        int head = (int)_chip[RDH];
        if (receives && (at - head + count) % count < ((int)_chip[RDT] - head + count) % count)
            return "nothing";
        IsConfused = true;
        descriptor[receives ? random.Between(8, 15) : 12] = (byte)random.Next();
        return $"descriptor {at} of the {(receives ? "receive" : "transmit")} ring is written over";
    }
}
