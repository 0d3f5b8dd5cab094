using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Net.Devices.Tests.Ne2000;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>The driver of the NE2000 against the model of the RTL8029.</summary>
internal sealed class Ne2000Target : ChipTarget
{
    private Ne2000Chip _chip = null!;
    private int _taken;

    protected override bool Line => _chip.Line;

    protected override Nic MakeCard(FakePlatform platform, LyingRegisters registers, ref Random64 random)
    {
        platform.TimeStep = Duration.FromMicroseconds(50); // it waits for the end of each transfer
        _chip = new Ne2000Chip(new PathCounters("model")) { NotesAccesses = false };
        return new Ne2000(platform, registers.Wrap(_chip, Counters, ports: true), Pool, Counters);
    }

    protected override bool Arrive(byte[] frame) => _chip.Arrive(frame);

    protected override void ForgetAccesses()
    {
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
        switch (random.Below(8))
        {
            case 0 or 1:
                int length = random.Pick(0, 3, 4, 17, 1519, 16384, 65535, random.Below(65536));
                _chip.Arrive(Frame(ref random), (byte)random.Pick(1, 0, 0x21, random.Below(256)), length);
                return "an arrival with a status and a length of chance";
            case 2:
                _chip.Arrive(Frame(ref random), next: random.Below(256));
                return "an arrival whose next page is of chance";
            case 3:
                _chip.Current = (byte)random.Pick(0, 0x3f, 0x40, 0x45, 0x46, 0x7f, 0x80, 0xff, random.Below(256));
                IsConfused = true;
                return "the page that is written next jumps";
            case 4:
                _chip.TransmitterHangs = random.Chance(50);
                return $"the transmitter hangs: {_chip.TransmitterHangs}";
            case 5:
                _chip.TransfersHang = random.Chance(50);
                return $"transfers do not end: {_chip.TransfersHang}";
            case 6:
                _chip.NeverResets = random.Chance(30);
                return $"it does not come out of a reset: {_chip.NeverResets}";
            default:
                _chip.Raise((byte)random.Next());
                return "causes of chance";
        }
    }

    protected override void HangTransmitter() => _chip.TransmitterHangs = true;

    protected override void BecomeHonestChip()
    {
        _chip.TransmitterHangs = false;
        _chip.TransfersHang = false;
        _chip.NeverResets = false;
    }
}
