using System;

namespace Guest.Pv.Xen;

/// <summary>The watches of a domain, each with the token by which the store names it.</summary>
internal sealed class XenStoreWatches
{
    private const int MostWatches = 64;

    private readonly XenStoreWatch?[] _watches = new XenStoreWatch?[MostWatches];

    /// <summary>Takes a watch that nobody uses; null if there are too many.</summary>
    public XenStoreWatch? TryBegin()
    {
        int token = 0;
        while (token < MostWatches && _watches[token] is { InUse: true })
            token++;
        if (token == MostWatches)
            return null;
        XenStoreWatch watch = _watches[token] ??= new XenStoreWatch(token);
        watch.Begin();
        return watch;
    }

    /// <summary>Fires the watch that an event is about.</summary>
    /// <param name="content">What the store sent: the node's path and the token, each followed by a zero byte.</param>
    /// <param name="fired">Whether it did; one that ended may have fired before it did.</param>
    /// <returns>False if the event names no watch.</returns>
    public bool TryFire(ReadOnlySpan<byte> content, out bool fired)
    {
        fired = false;
        int end = content.IndexOf((byte)0);
        ReadOnlySpan<byte> token = end < 0 ? default : content[(end + 1)..].TrimEnd((byte)0);
        if (!StoreText.TryParseNumber(token, out uint number) || number >= MostWatches)
            return false;
        if (_watches[number] is { InUse: true } watch)
        {
            watch.Fire();
            fired = true;
        }

        return true;
    }
}
