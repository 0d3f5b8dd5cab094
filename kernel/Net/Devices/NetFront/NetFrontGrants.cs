using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Net.Devices;

/// <summary>The grants of a pool's buffers: each is granted to the back end once, when the device connects, and stays so until it is
/// disconnected. Buffers whose grants a back end does not give up are kept aside: whoever took one from the pool would see it change.</summary>
internal sealed unsafe class NetFrontGrants(XenDomain domain, PacketPool pool, PathCounters counters)
{
    private ushort _grantedTo;
    private PacketBuffer? _aside;
    private bool _toldOfAside;

    /// <summary>The grant of each buffer, by its index in the pool; 0 if it has none.</summary>
    public uint[] References { get; } = new uint[pool.Count];

    /// <summary>Buffers that are kept aside.</summary>
    public int KeptAside { get; private set; }

    /// <summary>Grants every buffer of the pool that is not granted to this back end yet.</summary>
    /// <param name="backend">The back end's domain.</param>
    /// <param name="tells">Whether a failure is told on the console.</param>
    public bool TryGrantAll(ushort backend, bool tells)
    {
        if (_grantedTo != backend)
        {
            if (!TryEndAll())
            {
                if (tells)
                    Log.Warn(counters.Name, $"domain {_grantedTo}, where its back end was, still holds buffers");
                return false;
            }

            _grantedTo = backend;
        }

        for (int i = 0; i < References.Length; i++)
        {
            if (References[i] == 0)
                References[i] = domain.Grants.Grant(backend, pool[i].Page, readOnly: false, counters);
            if (References[i] == 0)
            {
                if (tells)
                    Log.Warn(counters.Name, $"the grant table is full");
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends the grants that the back end has given up.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEndAll()
    {
        bool all = true;
        for (int i = 0; i < References.Length; i++)
            all &= TryEnd(i);
        return all;
    }

    /// <summary>Gives a buffer that was in a ring back to the pool, or keeps it aside while the back end still has it mapped.</summary>
    public void TakeBack(PacketBuffer buffer)
    {
        if (TryEnd(buffer.PageIndex))
        {
            buffer.Release();
            return;
        }

        buffer.Next = _aside;
        _aside = buffer;
        KeptAside++;
    }

    /// <summary>Gives those that were kept aside back to the pool, as far as the back end has let go.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryReleaseAside()
    {
        PacketBuffer? rest = _aside;
        _aside = null;
        KeptAside = 0;
        while (rest is not null)
        {
            PacketBuffer? next = rest.Next;
            rest.Next = null;
            TakeBack(rest);
            rest = next;
        }

        if (KeptAside != 0 && !_toldOfAside)
            Log.Warn(counters.Name, $"the back end still holds {KeptAside} buffers: kept aside");
        _toldOfAside = KeptAside != 0;
        return KeptAside == 0;
    }

    private bool TryEnd(int index)
    {
        if (References[index] == 0)
            return true;
        if (!domain.Grants.TryEnd(References[index], counters))
            return false;
        References[index] = 0;
        return true;
    }
}
