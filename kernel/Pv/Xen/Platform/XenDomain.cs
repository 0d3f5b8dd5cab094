using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>What a domain has of its hypervisor, gathered for the drivers: hypercalls, events, grants, the store and the clock.</summary>
public sealed unsafe class XenDomain
{
    private readonly SharedInfo _shared;
    private readonly long _entered;
    private PvClockReader _clock;

    /// <summary>Starts from the shared page.</summary>
    /// <param name="machine">How memory is named.</param>
    /// <param name="hypercalls">The door.</param>
    /// <param name="shared">The shared page.</param>
    /// <param name="entryTimestamp">The cycle counter when the kernel was entered: <see cref="Instant.Zero"/>.</param>
    public XenDomain(XenMachine machine, Hypercalls hypercalls, SharedInfo shared, ulong entryTimestamp)
    {
        _shared = shared;
        Machine = machine;
        Hypercalls = hypercalls;
        Events = new EventChannels(hypercalls, shared);
        Grants = new GrantTable(machine);
        PvClockTimeInfo* time = shared.Time;
        _clock = new PvClockReader(time, machine.ReadTimestamp);
        _entered = _clock.Now - PvClock.Scale(machine.ReadTimestamp() - entryTimestamp, time->TscToSystemMul, time->TscShift);
    }

    /// <summary>How memory is named.</summary>
    public XenMachine Machine { get; }

    /// <summary>The door.</summary>
    public Hypercalls Hypercalls { get; }

    /// <summary>The event channels.</summary>
    public EventChannels Events { get; }

    /// <summary>The grant table.</summary>
    public GrantTable Grants { get; }

    /// <summary>The store; null in a domain that has none (the first one, which would have to run it).</summary>
    public XenStore? Store { get; private set; }

    /// <summary>What front ends have to do at a time; their bus does it, in a thread of its own.</summary>
    public TimerQueue Timers { get; } = new();

    /// <summary>The time since the domain was entered.</summary>
    public Instant Now => new(_clock.Now - _entered);

    /// <summary>Nanoseconds since 1970-01-01 UTC at <see cref="Instant.Zero"/>.</summary>
    public long UtcNanosecondsAtZero => _shared.UtcNanosecondsAtBoot() + _entered;

    /// <summary>Connects to the store.</summary>
    /// <param name="page">The page shared with its daemon.</param>
    /// <param name="port">The event channel to it.</param>
    public void OpenStore(byte* page, uint port) => Store = new XenStore(this, page, port);

    /// <summary>Sleeps until an event or the deadline, and calls the handlers of what fired.</summary>
    public void Sleep(Instant deadline) => Events.Sleep(ToSystem(deadline));

    /// <summary>Sleeps until this channel fires or the deadline comes; the channel is left pending, no handler is called.</summary>
    public void SleepFor(int port, Instant deadline) => Events.SleepFor(port, ToSystem(deadline));

    /// <summary>A deadline as the hypervisor wants it: its own time, 0 for never.</summary>
    internal ulong ToSystem(Instant deadline)
    {
        if (deadline.IsNever)
            return 0;
        long system = deadline.Nanoseconds + _entered;
        return system <= 0 ? 1 : (ulong)system;
    }
}
