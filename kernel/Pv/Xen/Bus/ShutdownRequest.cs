using System;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Xen;

/// <summary>What the toolstack asks of the domain in <c>control/shutdown</c> (xenstore-paths).</summary>
internal sealed class ShutdownRequest
{
    private readonly XenStore _store;
    private readonly XenStoreWatch _watch;

    /// <summary>Begins to watch for it.</summary>
    public ShutdownRequest(XenStore store)
    {
        _store = store;
        store.Watch($"control/shutdown", out _watch);
    }

    /// <summary>Takes a request and acknowledges it, by emptying the node.</summary>
    /// <param name="onRequest">Called with whether to reboot.</param>
    /// <returns>Whether there was one.</returns>
    public bool Take(Action<bool>? onRequest)
    {
        if (!_watch.Take())
            return false;
        Span<byte> wish = stackalloc byte[16];
        XenStoreStatus status = _store.Read($"control/shutdown", wish, out int length);
        // A value that does not fit is no wish that is known, but one all the same.
        if (status != XenStoreStatus.Refused && (status != XenStoreStatus.Done || length == 0))
            return false;
        _store.Write($"control/shutdown", $"");
        bool reboot = wish[..length].SequenceEqual("reboot"u8);
        if (reboot || wish[..length].SequenceEqual("poweroff"u8) || wish[..length].SequenceEqual("halt"u8))
            onRequest?.Invoke(reboot);
        else
            Log.Warn("xenbus", $"the toolstack asks for what cannot be done: {wish[..length]}");
        return true;
    }
}
