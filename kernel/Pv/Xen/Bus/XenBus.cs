using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>Makes the front end for a device that the store names, or null if there can be none.</summary>
public delegate XenFrontend? XenFrontendFactory(XenDomain domain, int index);

/// <summary>Watches the domain's devices and its toolstack's wishes, and lets each front end take its steps.</summary>
/// <remarks>All of that is rare. So the bus is not among what the run loop polls, but a thread (<see cref="Run"/>) that an event of the store,
/// a back end that was refused, or a deadline wakes: packets do not pay for it. Devices may come and go without end: front ends are used again, and what is more
/// than there is room for is refused, and taken when another goes.</remarks>
public sealed class XenBus
{
    private const int MostFrontends = 32;

    private readonly XenDomain _domain;
    private readonly XenStore _store;
    private readonly XenFrontend?[] _frontends = new XenFrontend?[MostFrontends];
    private readonly string[] _kinds = new string[2];
    private readonly XenFrontendFactory[] _factories = new XenFrontendFactory[2];
    private readonly WaitQueue _attention = new();
    private XenStoreWatch? _devices;
    private XenStoreWatch? _shutdown;
    private int _kindCount;
    private int _count;
    private int _refused;
    private bool _started;
    private bool _hasVacancy;

    /// <summary>A bus over the domain's store, which must be open.</summary>
    public XenBus(XenDomain domain)
    {
        _domain = domain;
        _store = domain.Store!;
        _store.EventArrived = _attention.WakeOne;
    }

    /// <summary>Called with what <c>control/shutdown</c> asks for, after it was acknowledged: <c>poweroff</c>, <c>reboot</c>.</summary>
    public Action<bool>? ShutdownRequested { get; set; }

    /// <summary>Called with the front end of a device that appeared after <see cref="Start"/>: one that was attached to the running machine.</summary>
    public Action<XenFrontend>? Attached { get; set; }

    /// <summary>Called with the front end of a device that was taken away.</summary>
    public Action<XenFrontend>? Detached { get; set; }

    /// <summary>The front ends there are.</summary>
    public ReadOnlySpan<XenFrontend?> Frontends => _frontends.AsSpan(0, _count);

    /// <summary>When <see cref="Poll"/> must run even if nothing happens.</summary>
    public Instant Deadline => _domain.Timers.Earliest;

    /// <summary>Says who drives a kind of device; before <see cref="Start"/>.</summary>
    public void Register(string kind, XenFrontendFactory factory)
    {
        _kinds[_kindCount] = kind;
        _factories[_kindCount++] = factory;
    }

    /// <summary>Begins to watch, makes a front end for each device that is there, and waits until they are connected or
    /// <paramref name="deadline"/> has come.</summary>
    public void Start(Instant deadline)
    {
        _store.Watch($"device", out XenStoreWatch devices);
        _store.Watch($"control/shutdown", out XenStoreWatch shutdown);
        _devices = devices;
        _shutdown = shutdown;
        while (true)
        {
            Poll(_domain.Now);
            bool all = true;
            for (int i = 0; i < _count; i++)
                all &= _frontends[i]!.Connected || _frontends[i]!.IsVacant;
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
            LookForDevices();
            for (int i = 0; i < _count; i++)
                _frontends[i]!.Note();
        }

        if (_shutdown is not null && _shutdown.Take())
            any |= TakeShutdownRequest();
        for (int i = 0; i < _count; i++)
            any |= _frontends[i]!.Advance(now);
        return any;
    }

    /// <summary>Whether nothing waits to be looked at.</summary>
    public bool Arm() => !_store.HasEvent;

    private void LookForDevices()
    {
        Span<byte> names = stackalloc byte[XenStore.PayloadMax];
        int refused = 0;
        for (int kind = 0; kind < _kindCount; kind++)
        {
            if (_store.List($"device/{_kinds[kind]}", names, out int length) != XenStoreStatus.Done)
                continue;
            ReadOnlySpan<byte> rest = names[..length];
            while (rest.Length > 0)
            {
                int end = rest.IndexOf((byte)0);
                ReadOnlySpan<byte> name = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
                if (StoreText.TryParseNumber(name, out uint index) && index <= int.MaxValue && !TryAdd(kind, (int)index))
                    refused++;
            }
        }

        if (refused > _refused)
            Log.Warn("xenbus", $"no room for {refused} of the devices: left aside until others go");
        _refused = refused;
    }

    /// <returns>False if the device is there, and no front end can be had for it.</returns>
    private bool TryAdd(int kind, int index)
    {
        XenFrontend? next = null;
        for (int i = 0; i < _count; i++)
        {
            XenFrontend frontend = _frontends[i]!;
            if (frontend.Kind != _kinds[kind])
                continue;
            if (frontend.Index == index && !frontend.IsVacant)
                return true;
            if (frontend.IsVacant && frontend.MayServe(index) && (next is null || frontend.Index == index))
                next = frontend;
        }

        // What a toolstack has left of a device, or not yet made of it, is none.
        Span<byte> backend = stackalloc byte[XenFrontend.MostBackendPath];
        if (_store.Read($"device/{_kinds[kind]}/{index}/backend", backend, out int length) != XenStoreStatus.Done || length == 0)
            return true;
        if (next is null)
        {
            if (_count == MostFrontends || _factories[kind](_domain, index) is not { } made)
                return false;
            next = made;
            next.WantsAttention = _attention.WakeOne;
            next.Vacated = OnVacated;
            _frontends[_count++] = next;
        }
        else
        {
            next.Appear(index);
        }

        if (_started)
            Attached?.Invoke(next);
        return true;
    }

    private void OnVacated(XenFrontend frontend)
    {
        _hasVacancy = true;
        if (_started)
            Detached?.Invoke(frontend);
    }

    /// <summary>Obeys <c>control/shutdown</c> (xenstore-paths): the request is acknowledged by emptying the node.</summary>
    private bool TakeShutdownRequest()
    {
        Span<byte> wish = stackalloc byte[16];
        XenStoreStatus status = _store.Read($"control/shutdown", wish, out int length);
        // A value that does not fit is no wish that is known, but one all the same.
        if (status != XenStoreStatus.Refused && (status != XenStoreStatus.Done || length == 0))
            return false;
        _store.Write($"control/shutdown", $"");
        bool reboot = wish[..length].SequenceEqual("reboot"u8);
        if (reboot || wish[..length].SequenceEqual("poweroff"u8) || wish[..length].SequenceEqual("halt"u8))
            ShutdownRequested?.Invoke(reboot);
        else
            Log.Warn("xenbus", $"the toolstack asks for what cannot be done: {wish[..length]}");
        return true;
    }
}
