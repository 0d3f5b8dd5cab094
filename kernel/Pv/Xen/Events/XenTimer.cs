using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>The processor's single-shot timer (vcpu.h, <c>VCPUOP_set_singleshot_timer</c>), whose end is an event: for a domain that halts. A sleep
/// by <c>SCHEDOP_poll</c> brings its own end.</summary>
public sealed unsafe class XenTimer : IInterruptHandler
{
    private const ulong SetSingleShotTimer = 8;
    private const uint VirqTimer = 0;
    private const ulong FirstProcessor = 0;

    private readonly XenDomain _domain;
    private readonly PathCounters _counters = new("xen-timer");
    private Instant _due = Instant.Never;

    private XenTimer(XenDomain domain) => _domain = domain;

    /// <summary>Binds the timer's event.</summary>
    /// <returns>Null if the hypervisor gives none.</returns>
    public static XenTimer? TryOpen(XenDomain domain)
    {
        XenTimer timer = new(domain);
        return domain.Events.BindVirtualInterrupt(VirqTimer, timer, timer._counters) < 0 ? null : timer;
    }

    /// <summary>Sees to it that an event comes no later than <paramref name="deadline"/>. A timer that is due earlier already is left alone: setting
    /// it costs a hypercall, an event that finds nothing to do is rare.</summary>
    /// <returns>False if the deadline has passed, or the hypervisor refuses.</returns>
    public bool Arm(Instant deadline)
    {
        if (deadline >= _due || deadline.IsNever)
            return true;
        if (deadline <= _domain.Now)
            return false;
        SingleShotTimer request = new() { Timeout = _domain.ToSystem(deadline) };
        if (_domain.Hypercalls.Call(HypercallNumber.VcpuOp, SetSingleShotTimer, FirstProcessor, (ulong)&request, payer: _counters) < 0)
            return false;
        _due = deadline;
        return true;
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        _due = Instant.Never;
        return true;
    }

    /// <summary>struct vcpu_set_singleshot_timer.</summary>
    private struct SingleShotTimer
    {
        public ulong Timeout;
        public uint Flags;
    }
}
