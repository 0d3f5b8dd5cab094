using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Devices;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>What the drivers of emulated chips have in common: registers that may lie, an interrupt line, and a watchdog that goes by time.</summary>
internal abstract class ChipTarget : NetDriverTarget
{
    private const int SecondsToStartAnew = 20;

    private LyingRegisters _registers = null!;
    private long _resets;

    /// <summary>Whether the chip has lost its place in a ring, until it is started anew: then it does nothing there.</summary>
    protected bool IsConfused
    {
        get
        {
            if (_resets != Counters[PathEvent.Reset])
                IsConfused = false;
            return field;
        }

        set
        {
            _resets = Counters[PathEvent.Reset];
            field = value;
        }
    }

    protected PathCounters Counters { get; } = new("nic0");

    protected FakePlatform Platform { get; } = new();

    protected abstract bool Line { get; }

    private Nic Chip => (Nic)Card;

    protected abstract Nic MakeCard(FakePlatform platform, LyingRegisters registers, ref Random64 random);

    protected abstract bool Arrive(byte[] frame);

    protected abstract string LieOfChip(ref Random64 random);

    protected abstract void HangTransmitter();

    protected abstract void BecomeHonestChip();

    /// <summary>The models note every access; nobody reads it here.</summary>
    protected abstract void ForgetAccesses();

    protected override void Make(ref Random64 random)
    {
        MakePool(random.Pick(64, 96, 256));
        _registers = new LyingRegisters(random.Next());
        Nic card = MakeCard(Platform, _registers, ref random);
        Card = card;
        Assert.True(card.Begin());
    }

    protected override void Act(ref Random64 random)
    {
        _registers.Accesses = 0;
        base.Act(ref random);
        ForgetAccesses();
    }

    protected override void Lie(ref Random64 random)
    {
        if (random.Chance(5))
        {
            _registers.Noise = random.Pick(0, 1, 30, 200);
            Say($"registers lie, {_registers.Noise} of 1000");
            return;
        }

        Random64 own = random;
        Do(() => Say(LieOfChip(ref own)));
    }

    protected override bool Deliver(byte[] frame)
    {
        bool isTaken = false;
        if (!IsConfused)
            Do(() => isTaken = Arrive(frame));
        return isTaken;
    }

    protected override void PassTime(ref Random64 random) => Platform.Time += Duration.FromMicroseconds(random.Chance(10) ? random.Below(3_000_000) : random.Below(1000));

    protected override void Interrupt()
    {
        if (!Line)
            return;
        Counters.Count(PathEvent.Interrupt);
        Chip.OnInterrupt();
    }

    protected override void BecomeHonest(ref Random64 random)
    {
        _registers.Noise = 0;
        if (IsHonest)
            return;

        // What an arrival without its mark leaves behind no driver can tell from quiet: a transmitter that stands makes it start anew.
        Do(BecomeHonestChip);
        HangTransmitter();
        for (int i = 0; i < SecondsToStartAnew; i++)
        {
            Receive(1);
            if (Pool.TryTake() is { } frame)
            {
                frame.Length = 60;
                if (Card.Transmit([frame], more: false) == 0)
                    frame.Release();
            }

            Platform.Time += Duration.FromSeconds(1);
            Interrupt();
            Receive(1);
        }

        IsConfused = false;
        Do(BecomeHonestChip);
        for (int i = 0; i < SecondsToStartAnew; i++)
        {
            Platform.Time += Duration.FromSeconds(1);
            Interrupt();
            Receive(1);
        }
    }

    // A driver that was lied to may set the chip up in ways that its model holds against it.
    private void Do(Action action)
    {
        try
        {
            action();
        }
        catch (Xunit.Sdk.XunitException) when (_registers.HasLied || IsConfused)
        {
            IsConfused = true;
        }
    }
}
