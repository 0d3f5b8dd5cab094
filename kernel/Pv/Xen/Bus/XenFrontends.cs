using System;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Xen;

/// <summary>The front ends of a domain: one for each device that the store names, as far as there is room. Devices may come and go without end, so
/// front ends are used again; a device that is more than there is room for is refused, and taken when another goes.</summary>
/// <param name="domain">The domain, whose store must be open.</param>
/// <param name="wantsAttention">Called by a front end that wants to be looked at now.</param>
/// <param name="vacated">Called with the front end of a device that was taken away.</param>
internal sealed class XenFrontends(XenDomain domain, Action wantsAttention, Action<XenFrontend> vacated)
{
    private const int MostFrontends = 32;

    private readonly XenStore _store = domain.Store!;
    private readonly XenFrontend?[] _frontends = new XenFrontend?[MostFrontends];
    private readonly string[] _kinds = new string[2];
    private readonly XenFrontendFactory[] _factories = new XenFrontendFactory[2];
    private int _kindCount;
    private int _count;
    private int _refused;

    /// <summary>The front ends that were made.</summary>
    public ReadOnlySpan<XenFrontend?> All => _frontends.AsSpan(0, _count);

    /// <summary>Says who drives a kind of device.</summary>
    public void Register(string kind, XenFrontendFactory factory)
    {
        _kinds[_kindCount] = kind;
        _factories[_kindCount++] = factory;
    }

    /// <summary>Finds a front end for each device that has none.</summary>
    /// <param name="appeared">Called with each that serves a device from now on.</param>
    public void Update(Action<XenFrontend>? appeared)
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
                if (StoreText.TryParseNumber(name, out uint index) && index <= int.MaxValue && !TryServe(kind, (int)index, appeared))
                    refused++;
            }
        }

        if (refused > _refused)
            Log.Warn("xenbus", $"no room for {refused} of the devices: left aside until others go");
        _refused = refused;
    }

    /// <returns>False if the device is there, and no front end can be had for it.</returns>
    private bool TryServe(int kind, int index, Action<XenFrontend>? appeared)
    {
        if (IsServed(kind, index) || !IsThere(kind, index))
            return true;
        XenFrontend? frontend = FindVacant(kind, index);
        if (frontend is not null)
            frontend.Appear(index);
        else if (_count < MostFrontends)
            frontend = Make(kind, index);
        if (frontend is null)
            return false;
        appeared?.Invoke(frontend);
        return true;
    }

    private bool IsServed(int kind, int index)
    {
        foreach (XenFrontend? frontend in All)
        {
            if (frontend!.Kind == _kinds[kind] && frontend.Index == index && !frontend.IsVacant)
                return true;
        }

        return false;
    }

    /// <summary>Whether the device is whole: what a toolstack has left of one, or not yet made of it, is none.</summary>
    private bool IsThere(int kind, int index)
    {
        Span<byte> backend = stackalloc byte[XenFrontend.MostBackendPath];
        return _store.Read($"device/{_kinds[kind]}/{index}/backend", backend, out int length) == XenStoreStatus.Done && length != 0;
    }

    /// <summary>A front end whose device has gone: the one that had this number, or else the first that may serve it.</summary>
    private XenFrontend? FindVacant(int kind, int index)
    {
        XenFrontend? found = null;
        foreach (XenFrontend? frontend in All)
        {
            if (frontend!.Kind == _kinds[kind] && frontend.IsVacant && frontend.MayServe(index) && (found is null || frontend.Index == index))
                found = frontend;
        }

        return found;
    }

    private XenFrontend? Make(int kind, int index)
    {
        if (_factories[kind](domain, index) is not { } made)
            return null;
        made.WantsAttention = wantsAttention;
        made.Vacated = vacated;
        _frontends[_count++] = made;
        return made;
    }
}
