using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;

namespace Guest.Core.Power;

/// <summary>The power of a board that firmware describes: switching it off, resetting it, and its power button (ACPI 6.5, chapter 4).</summary>
public sealed unsafe class AcpiPower
{
    private const int EnablePatienceInReads = 10_000;
    private const int Pm1ControlBytes = 2;

    // PM1 control (4.8.3.2.1).
    private const ushort SciEnabled = 1 << 0;
    private const int Pm1SleepTypeShift = 10;
    private const ushort Pm1SleepEnable = 1 << 13;
    private const ushort Pm1SleepBits = (7 << Pm1SleepTypeShift) | Pm1SleepEnable;

    // The sleep registers of reduced hardware (4.8.3.7).
    private const byte SleepEnable = 1 << 5;
    private const int SleepTypeShift = 2;
    private const byte WakeStatus = 1 << 7;

    private readonly Platform _platform;
    private readonly Acpi _acpi;
    private readonly Fadt _fadt;
    private readonly PathCounters _counters = new("acpi");
    private readonly RegisterWindow? _control;
    private readonly RegisterWindow? _controlB;
    private readonly RegisterWindow? _sleep;
    private readonly RegisterWindow? _sleepStatus;
    private readonly RegisterWindow? _reset;
    private readonly byte* _description;
    private readonly int _descriptionLength;

    private AcpiPower(Platform platform, Acpi acpi, in Fadt fadt)
    {
        _platform = platform;
        _acpi = acpi;
        _fadt = fadt;
        // All is opened now, since the end may come for want of memory.
        _control = fadt.Pm1aControl.Open(platform, Pm1ControlBytes, _counters);
        _controlB = fadt.Pm1bControl.Open(platform, Pm1ControlBytes, _counters);
        _sleep = fadt.SleepControl.Open(platform, 1, _counters);
        _sleepStatus = fadt.SleepStatus.Open(platform, 1, _counters);
        _reset = fadt.Reset.Open(platform, 1, _counters);
        ReadOnlySpan<byte> description = acpi.OpenDescription(fadt.Dsdt);
        _description = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(description));
        _descriptionLength = description.Length;
    }

    /// <summary>What the fixed description table says.</summary>
    public ref readonly Fadt Fadt => ref _fadt;

    private ReadOnlySpan<byte> Description => new(_description, _descriptionLength);

    /// <summary>Opens the board's power registers; null where firmware describes none.</summary>
    public static AcpiPower? TryOpen(Platform platform, Acpi? acpi) =>
        acpi is not null && Fadt.TryRead(acpi.Find("FACP"u8)) is { } fadt ? new AcpiPower(platform, acpi, fadt) : null;

    /// <summary>Switches the board off, where its description says how. That takes a moment, so this returns.</summary>
    public void SwitchOff()
    {
        if (!TryFindSoftOff(out byte a, out byte b))
            return;
        if (_sleep is not null)
        {
            _sleepStatus?.Write8(0, WakeStatus);
            _sleep.Write8(0, (byte)((a << SleepTypeShift) | SleepEnable));
        }

        Sleep(_control, a);
        Sleep(_controlB, b);
    }

    /// <summary>Resets the board, where it has a register for that. That takes a moment, so this returns.</summary>
    public void Reset() => _reset?.Write8(0, _fadt.ResetValue);

    /// <summary>Hears the power button from now on.</summary>
    public void ConnectButton()
    {
        if (_fadt.HardwareReduced)
            ConnectEventDevice();
        else
            ConnectFixedButton();
    }

    private static void Sleep(RegisterWindow? control, byte type)
    {
        if (control is not null)
            control.Write16(0, (ushort)((control.Read16(0) & ~Pm1SleepBits) | (type << Pm1SleepTypeShift) | Pm1SleepEnable));
    }

    private bool TryFindSoftOff(out byte a, out byte b)
    {
        if (AmlScan.TryFindSoftOff(Description, out a, out b))
            return true;
        for (int i = 0; _acpi.FindDescription(i) is { IsEmpty: false } aml; i++)
        {
            if (AmlScan.TryFindSoftOff(aml, out a, out b))
                return true;
        }

        return false;
    }

    private void ConnectFixedButton()
    {
        if (_fadt.Pm1EventLength < 2 * FixedPowerButton.RegisterBytes
            || _fadt.Pm1aEvent.Open(_platform, _fadt.Pm1EventLength, _counters) is not { } events)
        {
            return;
        }

        TakeEventsFromFirmware();
        FixedPowerButton button = new(events, _fadt.Pm1EventLength / 2);
        if (_platform.TryConnectLine(_fadt.SciLine, button, _counters))
            button.Enable();
    }

    /// <summary>Until it is told otherwise, firmware gets the events, by system management interrupts (4.8.2.1).</summary>
    private void TakeEventsFromFirmware()
    {
        if (_control is null || _fadt.SmiCommand is 0 or > ushort.MaxValue || _fadt.AcpiEnable == 0)
            return;
        if ((_control.Read16(0) & SciEnabled) != 0)
            return;
        _platform.OpenPorts((ushort)_fadt.SmiCommand, _counters).Write8(0, _fadt.AcpiEnable);
        for (int i = 0; i < EnablePatienceInReads && (_control.Read16(0) & SciEnabled) == 0; i++)
        {
        }
    }

    private void ConnectEventDevice()
    {
        if (GenericEventDevice.TryFind(Description) is not { } device)
            return;
        nuint mapped = _platform.MapDevice(device.Register, (ulong)device.RegisterBytes);
        if (mapped != 0)
            _platform.TryConnectLine(device.Line, new EventDeviceButton(_platform.OpenMemory(mapped, _counters), device), _counters);
    }

    /// <summary>The button among a board's fixed events (4.8.2.2.1).</summary>
    private sealed class FixedPowerButton(RegisterWindow events, int enableOffset) : IInterruptHandler
    {
        public const int RegisterBytes = 2;
        private const ushort ButtonBit = 1 << 8;

        public void Enable()
        {
            // A press from before the boot is forgotten: bits are cleared by writing them.
            events.Write16(0, ButtonBit);
            events.Write16(enableOffset, (ushort)(events.Read16(enableOffset) | ButtonBit));
        }

        public bool OnInterrupt()
        {
            if ((events.Read16(0) & ButtonBit) == 0)
                return false;
            events.Write16(0, ButtonBit);
            PowerButton.Press();
            return true;
        }
    }

    /// <summary>The button of a board with reduced hardware. Its register forgets what it told, so nobody else may read it.</summary>
    private sealed class EventDeviceButton(RegisterWindow register, GenericEventDevice device) : IInterruptHandler
    {
        public bool OnInterrupt()
        {
            uint happened = device.RegisterBytes == 1 ? register.Read8(0) : register.Read32(0);
            if ((happened & device.ButtonBits) == 0)
                return false;
            PowerButton.Press();
            return true;
        }
    }
}
