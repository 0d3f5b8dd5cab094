namespace Guest.Core.Cpu;

/// <summary>A timer of known frequency, and two counters whose frequency <see cref="TimerCalibration"/> finds by it.</summary>
internal interface ICalibratedTimers
{
    /// <summary>Lets the interval timer, 16 bits wide, count down from its largest value.</summary>
    void StartInterval();

    /// <summary>Reads the interval timer's count, which goes on below zero.</summary>
    ushort ReadInterval();

    /// <summary>Reads the time-stamp counter, which counts up.</summary>
    ulong ReadTsc();

    /// <summary>Lets the APIC's timer count down from its largest value, without an interrupt at zero.</summary>
    void StartApic();

    /// <summary>Reads the APIC's timer.</summary>
    uint ReadApic();
}
