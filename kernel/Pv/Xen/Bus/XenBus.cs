using System;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>Makes the front end for a device that the store names, or null if there can be none.</summary>
public delegate XenFrontend? XenFrontendFactory(XenDomain domain, int index);

/// <summary>Watches the domain's devices and its toolstack's wishes, and lets each front end take its steps.</summary>
/// <remarks>All of that is rare. So the bus is not among what the run loop polls, but a thread (<see cref="Run"/>) that is woken by an event of the
/// store, by a front end that refuses its back end, or by a timer: packets do not pay for it.</remarks>
public sealed class XenBus
{
    private readonly XenDomain _domain;
    private readonly XenStore _store;
    private readonly XenFrontends _frontends;
    private readonly WaitQueue _attention = new();
    private XenStoreWatch? _devices;
    private ShutdownRequest? _shutdown;
    private bool _started;
    private bool _hasVacancy;

    /// <summary>A bus over the domain's store, which must be open.</summary>
    public XenBus(XenDomain domain)
    {
        _domain = domain;
        _store = domain.Store!;
        _store.EventArrived = _attention.WakeOne;
        _frontends = new XenFrontends(domain, _attention.WakeOne, OnVacated);
    }

    /// <summary>Called with what <c>control/shutdown</c> asks for, after it was acknowledged: <c>poweroff</c>, <c>reboot</c>.</summary>
    public Action<bool>? ShutdownRequested { get; set; }

    /// <summary>Called with the front end of a device that appeared after <see cref="Start"/>: one that was attached to the running machine.</summary>
    public Action<XenFrontend>? Attached { get; set; }

    /// <summary>Called with the front end of a device that was taken away.</summary>
    public Action<XenFrontend>? Detached { get; set; }

    /// <summary>The front ends there are.</summary>
    public ReadOnlySpan<XenFrontend?> Frontends => _frontends.All;

    /// <summary>When <see cref="Poll"/> must run even if nothing happens.</summary>
    public Instant Deadline => _domain.Timers.Earliest;

    /// <summary>Says who drives a kind of device; before <see cref="Start"/>.</summary>
    public void Register(string kind, XenFrontendFactory factory) => _frontends.Register(kind, factory);

    /// <summary>Begins to watch, makes a front end for each device that is there, and waits until they are connected or
    /// <paramref name="deadline"/> has come.</summary>
    public void Start(Instant deadline)
    {
        _store.Watch($"device", out XenStoreWatch devices);
        _devices = devices;
        _shutdown = new ShutdownRequest(_store);
        while (true)
        {
            Poll(_domain.Now);
            bool all = true;
            foreach (XenFrontend? frontend in Frontends)
                all &= frontend!.Connected || frontend.IsVacant;
            if (all || _store.Broken || _domain.Now >= deadline)
                break;
            Rest(deadline);
        }

        _started = true;
    }

    /// <summary>Serves the bus for the domain's life; a thread's entry.</summary>
    public void Run()
    {
        while (true)
        {
            // A back end that never settles must not keep the processor from everybody else.
            if (Poll(_domain.Now) || _store.HasEvent)
                Processor.Current.Scheduler.Yield();
            else
                _attention.Wait(Deadline);
        }
    }

    /// <summary>Waits until <see cref="Poll"/> may have something to do, or a deadline: as the store's operations do.</summary>
    public void Rest(Instant deadline)
    {
        deadline = Instant.Earlier(deadline, Deadline);
        if (!_store.WaitsAsThread)
            _domain.Sleep(deadline);
        else if (!_store.HasEvent)
            _attention.Wait(deadline);
    }

    /// <summary>Takes the steps that are due.</summary>
    /// <returns>Whether anything was done.</returns>
    public bool Poll(Instant now)
    {
        if (_store.HasEvent)
            _store.TakeEvents();
        bool any = _domain.Timers.Fire(now);
        if (_devices is not null && (_devices.Take() || _hasVacancy))
        {
            any = true;
            _hasVacancy = false;
            _frontends.Update(_started ? Attached : null);
            foreach (XenFrontend? frontend in Frontends)
                frontend!.NoteChange();
        }

        any |= _shutdown is not null && _shutdown.Take(ShutdownRequested);
        foreach (XenFrontend? frontend in Frontends)
            any |= frontend!.Advance(now);
        return any;
    }

    /// <summary>Whether nothing waits to be looked at.</summary>
    public bool Arm() => !_store.HasEvent;

    private void OnVacated(XenFrontend frontend)
    {
        _hasVacancy = true;
        if (_started)
            Detached?.Invoke(frontend);
    }
}
