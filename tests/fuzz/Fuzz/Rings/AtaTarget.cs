using System;
using Guest.Core;
using Guest.Core.Time;
using Guest.Storage;
using Guest.Storage.Devices;
using Guest.Storage.Tests;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>The drivers of the two controllers of ATA disks, against the models of the unit tests.</summary>
internal sealed class AtaTarget(bool ahci) : BlockDriverTarget
{
    private readonly ModelAtaDrive _drive = new(DiskBytes);
    private ModelAhci? _ahci;
    private ModelIde? _ide;
    private LyingRegisters _registers = null!;
    private bool _mayBeGone;

    protected override Instant Now => Platform.Time;

    protected override bool MayBeGone => _mayBeGone;

    private FakePlatform Platform => _ahci?.Platform ?? _ide!.Platform;

    protected override void Make(ref Random64 random)
    {
        _ahci = ahci ? new ModelAhci(_drive) : null;
        _ide = ahci ? null : new ModelIde(_drive);
        if (_ahci is not null && random.Chance(30))
            _ahci.Capabilities &= ~(1u << 30);
        _registers = new LyingRegisters(random.Next());
        Platform.Between = _registers.Wrap;
        Platform.TimeStep = Duration.FromMicroseconds(20);
        DiskSet disks = new(Platform);
        if (_ahci is not null)
            new AhciDriver().Attach(_ahci.Function, Platform, disks);
        else
            new IdeDriver(random.Chance(50)).Attach(_ide!.Function, Platform, disks);
        Assert.Equal(1, disks.Count);
        MakeQueue(disks[0].Device, Platform, _drive.Bytes);
    }

    protected override void Act(ref Random64 random)
    {
        _registers.Accesses = 0;
        base.Act(ref random);
    }

    protected override void PassTime(Duration time) => Platform.Time += time;

    protected override void Serve(bool all, ref Random64 random)
    {
        _registers.Accesses = 0;
        _ahci?.DeliverInterrupts();
        _ide?.DeliverInterrupts();
    }

    protected override void BecomeHonest()
    {
        _registers.Noise = 0;
        _drive.IsBad = _ => false;
        if (_ahci is not null)
            (_ahci.Port.Hangs, _ahci.Port.AlwaysFails, _ahci.Port.Dead, _ahci.Port.Unstoppable, _ahci.Port.FlushFails) = (false, false, false, false, false);
        if (_ide is not null)
            (_ide.Hangs, _ide.Dead, _ide.AsksTooMuch, _ide.EndsEarly, _ide.StaysActive) = (false, false, false, false, false);
    }

    protected override void Lie(ref Random64 random)
    {
        _registers.Accesses = 0;
        _registers.HasLied = true;
        switch (random.Below(8))
        {
            case 0:
                _registers.Noise = random.Pick(0, 0, 1, 5, 30);
                _mayBeGone |= _registers.Noise != 0;
                Say($"registers lie, {_registers.Noise} of 1000");
                break;
            case 1:
                ulong bad = (ulong)random.Below(DiskBytes / 512);
                bool any = random.Chance(50);
                _drive.IsBad = sector => any && sector - bad < 64;
                Say($"sectors from {bad} are bad: {any}");
                break;
            case 2:
                for (int count = random.Pick(1, 20, 200); count > 0; count--)
                    InterruptAboutNothing();
                Say("interrupts about nothing");
                break;
            case 3:
                PassTime(Duration.FromMilliseconds(random.Pick(100, 1300, 11_000, 14_000)));
                Say("a long silence");
                break;
            case 4 when random.Chance(5):
                _mayBeGone = true;
                SetDead(random.Chance(50));
                Say("it does not come out of the next reset");
                break;
            default:
                Misbehave(ref random);
                break;
        }
    }

    private void InterruptAboutNothing()
    {
        foreach ((int _, IInterruptHandler handler) in Platform.Lines)
            handler.OnInterrupt();
    }

    private void SetDead(bool dead)
    {
        if (_ahci is not null)
            (_ahci.Port.Dead, _ahci.Port.Unstoppable) = (dead, dead);
        else
            _ide!.Dead = dead;
    }

    private void Misbehave(ref Random64 random)
    {
        if (_ide is not null)
        {
            (_ide.Hangs, _ide.AsksTooMuch, _ide.EndsEarly, _ide.StaysActive) = (random.Chance(30), random.Chance(30), random.Chance(30), random.Chance(30));
            Say($"hangs {_ide.Hangs}, asks too much {_ide.AsksTooMuch}, ends early {_ide.EndsEarly}, stays active {_ide.StaysActive}");
            return;
        }

        ModelAhciPort port = _ahci!.Port;
        (port.Hangs, port.AlwaysFails, port.GoesOnAfterErrors, port.FlushFails) = (random.Chance(30), random.Chance(15), random.Chance(50), random.Chance(30));
        int tag = random.Pick(-1, -2, random.Below(256));
        port.ErrorLog = log => tag switch
        {
            -1 => log,
            -2 => null,
            _ => WithTag(log, (byte)tag),
        };
        Say($"hangs {port.Hangs}, always fails {port.AlwaysFails}, goes on after errors {port.GoesOnAfterErrors}, tag {tag}");
    }

    // The log of errors with another tag in it and its sum right (ATA8-ACS, A.13).
    private static byte[] WithTag(byte[] log, byte tag)
    {
        log[511] += (byte)(log[0] - tag);
        log[0] = tag;
        return log;
    }
}
