using System;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>The front end of one paravirtual device: its place in the store, its back end, and its life from one connection to the
/// next. What the device does is the derived driver's.</summary>
/// <remarks>Everything here happens when a device comes, goes or breaks; <see cref="XenBus"/> calls it from its poll. A front end whose device was
/// taken away is vacant, and serves the next device of its kind: memory is never given back, so it is used again.</remarks>
public abstract class XenFrontend
{
    /// <summary>The longest place of a back end that is taken, in bytes.</summary>
    internal const int MostBackendPath = 200;

    private static readonly Duration s_askAgain = Duration.FromSeconds(1);

    private readonly byte[] _backend = new byte[MostBackendPath];
    private int _backendLength;
    private XenStoreWatch? _watch;
    private XenBusState _state;
    private ReconnectPace _pace = new();
    private bool _changed = true;
    private readonly Timer _look;

    /// <summary>A front end for <c>device/KIND/INDEX</c>.</summary>
    protected XenFrontend(XenDomain domain, string kind, int index, string name)
    {
        Domain = domain;
        Store = domain.Store!;
        Kind = kind;
        Index = index;
        Name = name;
        Counters = new PathCounters(name);
        _look = new Timer(domain.Timers, _ => _changed = true);
    }

    /// <summary>The name shown to people.</summary>
    public string Name { get; }

    /// <summary>What this device has cost.</summary>
    public PathCounters Counters { get; }

    /// <summary>The kind of device as the store names it: <c>vif</c>, <c>vbd</c>.</summary>
    public string Kind { get; }

    /// <summary>The device's number among its kind.</summary>
    public int Index { get; private set; }

    /// <summary>Whether the toolstack has taken the device away, or has none for this front end yet.</summary>
    public bool IsVacant { get; private set; }

    /// <summary>Whether the rings stand.</summary>
    public bool Connected => _state == XenBusState.Connected;

    /// <summary>Called when this front end wants to be looked at now.</summary>
    internal Action? WantsAttention { get; set; }

    /// <summary>Called when the device was taken away and this front end has become vacant.</summary>
    internal Action<XenFrontend>? Vacated { get; set; }

    /// <summary>What the device belongs to.</summary>
    protected XenDomain Domain { get; }

    /// <summary>The store.</summary>
    protected XenStore Store { get; }

    /// <summary>The back end's domain.</summary>
    protected ushort BackendDomain { get; private set; }

    /// <summary>The back end's place in the store.</summary>
    protected ReadOnlySpan<byte> Backend => _backend.AsSpan(0, _backendLength);

    /// <summary>Whether the vacant front end may serve a device of this number.</summary>
    public virtual bool MayServe(int index) => true;

    /// <summary>Reads what the back end offers, makes rings and channels, and writes their keys.</summary>
    /// <returns>Whether all of that was done; if not, the front end closes and tries again later.</returns>
    protected abstract bool TryConnect();

    /// <summary>Takes rings, channels and grants back; the other side may still hold some, and must then not be believed.</summary>
    protected abstract void Disconnect();

    /// <summary>A device has come, perhaps another than the last one.</summary>
    protected virtual void OnAppeared()
    {
    }

    /// <summary>Looks again at what the back end may change while connected.</summary>
    protected virtual void OnBackendChanged()
    {
    }

    /// <summary>Refuses to go on with these rings because of what the back end did. Told, counted, and connected anew later; the delay
    /// doubles while it goes on breaking, or does not take up the connection.</summary>
    protected void Break(string why)
    {
        if (IsBroken)
            return;
        IsBroken = true;
        _changed = true;
        _look.Start(Instant.Zero);
        Counters.Count(PathEvent.Violation);
        if (TellsFailures)
            Log.Warn(Name, $"back end refused: {why}");
        WantsAttention?.Invoke();
    }

    /// <summary>Whether <see cref="Break"/> has happened and the rings still stand.</summary>
    protected bool IsBroken { get; private set; }

    /// <summary>Whether a connection that fails is worth a line on the console: the first ones in a row are, those after them the same again.</summary>
    protected bool TellsFailures => _pace.TellsFailures;

    /// <summary>Reads a number that the back end offers; 0 if it does not.</summary>
    protected uint Offered(string key) =>
        Store.ReadNumber($"{Backend}/{key}", out uint value) == XenStoreStatus.Done ? value : 0;

    /// <summary>Notes that something in the store changed.</summary>
    internal void NoteChange() => _changed = true;

    /// <summary>Serves a device from now on: a vacant front end's next one, or its last one that has come back.</summary>
    internal void Appear(int index)
    {
        Index = index;
        IsVacant = false;
        _changed = true;
        _pace.Restart();
        Log.Info(Name, $"serves {Kind} {index}");
        OnAppeared();
    }

    /// <summary>Takes the steps that are due.</summary>
    /// <returns>Whether anything was done.</returns>
    internal bool Advance(Instant now)
    {
        if (_watch is not null && _watch.Take())
            _changed = true;
        if (!_changed)
            return false;
        _changed = false;
        _look.Stop();
        // Each step changes what the next is decided from; a device that goes through its whole life needs no more than these.
        for (int i = 0; i < 6 && Step(now); i++)
        {
        }

        return true;
    }

    private bool Step(Instant now)
    {
        Span<byte> path = stackalloc byte[MostBackendPath];
        XenStoreStatus status = Store.Read($"device/{Kind}/{Index}/backend", path, out int length);
        if (!HasAnswered(status))
            return false;
        bool present = status == XenStoreStatus.Done && length > 0;
        bool same = present && path[..length].SequenceEqual(Backend);
        bool known = _backendLength > 0 && present && same;
        uint state = 0;
        if (known && !HasAnswered(Store.ReadNumber($"{Backend}/state", out state)))
            return false;
        XenBusState back = (XenBusState)state;
        bool online = known && Offered("online") == 1;
        if (Connected && back == XenBusState.Connected)
            _pace.OnServed(now);
        // One that was connected and begins again has forgotten these rings.
        if (Connected && _pace.Serves && back is (XenBusState.Initialising or XenBusState.InitWait))
            back = XenBusState.Closed;
        switch (FrontendMachine.Next(_state, back, present, same, online, IsBroken))
        {
            case FrontendStep.Begin:
                return Begin(path[..length]);
            case FrontendStep.Connect:
                Connect();
                return false;
            case FrontendStep.Close:
                Close();
                return true;
            case FrontendStep.Restart when now < _pace.NotBefore:
                _look.Start(_pace.NotBefore);
                return false;
            case FrontendStep.Restart:
                Counters.Count(PathEvent.Reset);
                SetState(XenBusState.Initialising);
                return true;
            case FrontendStep.Forget:
                Forget();
                return true;
            default:
                if (Connected)
                    OnBackendChanged();
                else if (!present && !IsVacant)
                    Vacate();
                return false;
        }
    }

    /// <summary>Whether the store answered at all. If not, nothing is known of the device, and it is asked again.</summary>
    private bool HasAnswered(XenStoreStatus status)
    {
        if (status == XenStoreStatus.TimedOut)
            _look.Start(Domain.Now + s_askAgain);
        return status is not (XenStoreStatus.TimedOut or XenStoreStatus.Broken);
    }

    private bool Begin(ReadOnlySpan<byte> backend)
    {
        if (Store.ReadNumber($"device/{Kind}/{Index}/backend-id", out uint domain) != XenStoreStatus.Done || domain > ushort.MaxValue)
            return false;
        backend.CopyTo(_backend);
        _backendLength = backend.Length;
        BackendDomain = (ushort)domain;
        if (Store.Watch($"{Backend}", out XenStoreWatch watch) != XenStoreStatus.Done)
        {
            _backendLength = 0;
            return false;
        }

        _watch = watch;
        IsBroken = false;
        SetState(XenBusState.Initialising);
        return true;
    }

    private void Connect()
    {
        if (!TryConnect())
        {
            if (TellsFailures)
                Log.Warn(Name, $"cannot connect to its back end in domain {BackendDomain}");
            Close();
            return;
        }

        SetState(XenBusState.Connected);
        OnBackendChanged();
    }

    private void Close()
    {
        Disconnect();
        _pace.OnClosed(Domain.Now);
        IsBroken = false;
        SetState(XenBusState.Closed);
    }

    private void Forget()
    {
        if (_state is XenBusState.Connected)
            Disconnect();
        if (_watch is not null)
            Store.Unwatch($"{Backend}", _watch);
        _watch = null;
        _backendLength = 0;
        IsBroken = false;
        _pace.Forget();
        _state = XenBusState.Unknown;
        Log.Info(Name, $"taken away");
    }

    private void Vacate()
    {
        IsVacant = true;
        Vacated?.Invoke(this);
    }

    private void SetState(XenBusState state)
    {
        _state = state;
        XenStoreStatus status = Store.Write($"device/{Kind}/{Index}/state", $"{(uint)state}");
        if (status is not (XenStoreStatus.Done or XenStoreStatus.NotFound))
            Log.Warn(Name, $"its state could not be written");
    }
}
