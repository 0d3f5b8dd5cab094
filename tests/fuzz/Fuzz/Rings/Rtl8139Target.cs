using Guest.Core.Diagnostics;
using Guest.Net.Devices;
using Guest.Net.Devices.Tests.Rtl8139;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>The two drivers of the RTL8139 against the model of the chip.</summary>
internal sealed class Rtl8139Target : ChipTarget
{
    private Rtl8139Chip _chip = null!;
    private bool _cPlus;
    private int _taken;

    protected override bool SendsChains => _cPlus;

    protected override bool Line => _chip.Line;

    protected override Nic MakeCard(FakePlatform platform, LyingRegisters registers, ref Random64 random)
    {
        _cPlus = random.Chance(50);
        _chip = new Rtl8139Chip(new PathCounters("model"));
        return _cPlus
            ? new Rtl8139CPlus(platform, registers.Wrap(_chip, Counters, ports: true), Pool, Counters)
            : new Rtl8139Classic(platform, registers.Wrap(_chip, Counters, ports: true), Pool, Counters);
    }

    protected override bool Arrive(byte[] frame) => _chip.Arrive(frame);

    protected override void ForgetAccesses()
    {
        _chip.Accesses.Clear();
        _chip.ChecksumCommands.Clear();
    }

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
        switch (random.Below(6))
        {
            case 0 or 1:
                int length = random.Pick(0, 3, 4, 17, 8191, 65535, random.Below(65536));
                if (_cPlus)
                    _chip.ArriveCPlus(Frame(ref random), (uint)random.Next() & 0x3fff_e000, length);
                else
                    _chip.Arrive(Frame(ref random), (ushort)random.Pick(1, 0, 3, 0x21, (int)(random.Next() & 0xffff)), length);
                return "an arrival with a status and a length of chance";
            case 2:
                _chip.TransmitterHangs = true;
                return "the transmitter hangs";
            case 3:
                _chip.ResumeTransmitter();
                return "the transmitter goes on";
            case 4:
                _chip.SetLink(random.Chance(50));
                return "the link changes";
            default:
                _chip.Raise((ushort)random.Next());
                return "causes of chance";
        }
    }

    protected override void HangTransmitter() => _chip.TransmitterHangs = true;

    protected override void BecomeHonestChip()
    {
        _chip.ResumeTransmitter();
        _chip.SetLink(true);
    }
}
