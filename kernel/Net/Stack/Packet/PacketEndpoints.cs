using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>All endpoints that take whole frames.</summary>
internal sealed class PacketEndpoints
{
    private PacketEndpoint? _open;
    private PacketEndpoint? _closed;

    /// <summary>One that takes frames; null if there is none.</summary>
    public PacketEndpoint? Any
    {
        get
        {
            PacketEndpoint? endpoint = _open;
            while (endpoint is { EtherType: 0 })
                endpoint = endpoint.Next;
            return endpoint;
        }
    }

    /// <summary>Makes an endpoint, or hands out a closed one again.</summary>
    public PacketEndpoint Open(NetworkStack stack, int capacity)
    {
        PacketEndpoint? endpoint = _closed;
        if (endpoint is null)
            endpoint = new PacketEndpoint(stack, capacity);
        else
            _closed = endpoint.Next;
        endpoint.Next = _open;
        _open = endpoint;
        return endpoint;
    }

    /// <summary>Takes an endpoint back.</summary>
    /// <returns>False if it was closed before.</returns>
    public bool Close(PacketEndpoint endpoint)
    {
        if (!TryUnlink(endpoint))
            return false;
        endpoint.Reset();
        endpoint.WakeAll();
        endpoint.Next = _closed;
        _closed = endpoint;
        return true;
    }

    /// <summary>Whether any takes frames of an interface, and whether only one does.</summary>
    /// <param name="via">The interface.</param>
    /// <param name="only">That one; null if there are several.</param>
    public bool Watch(NetworkInterface via, out PacketEndpoint? only)
    {
        only = null;
        int count = 0;
        for (PacketEndpoint? each = _open; each is not null; each = each.Next)
        {
            if (each.EtherType == 0 || (each.InterfaceIndex != 0 && each.InterfaceIndex != via.Index))
                continue;
            only = count++ == 0 ? each : null;
        }

        return count != 0;
    }

    /// <summary>Gives a frame to those that take it: the last gets the frame itself, if the stack does not want it, and all others copies.</summary>
    /// <param name="frame">The frame, whose first buffer has the Ethernet header.</param>
    /// <param name="etherType">Its type.</param>
    /// <param name="via">By which interface it came.</param>
    /// <param name="isWanted">Whether the stack has something to do with it.</param>
    /// <returns>Whether it is gone.</returns>
    public bool Deliver(PacketBuffer frame, BigEndian16 etherType, NetworkInterface via, bool isWanted)
    {
        PacketEndpoint? taker = null;
        for (PacketEndpoint? each = _open; each is not null; each = each.Next)
        {
            if (!each.Accepts(etherType, via))
                continue;
            taker?.DeliverCopy(frame, via);
            taker = each;
            isWanted &= !each.IsExclusive;
        }

        if (taker is null)
            return false;
        if (isWanted)
            taker.DeliverCopy(frame, via);
        else
            taker.Deliver(frame, via);
        return !isWanted;
    }

    private bool TryUnlink(PacketEndpoint endpoint)
    {
        if (_open == endpoint)
        {
            _open = endpoint.Next;
            return true;
        }

        for (PacketEndpoint? each = _open; each is not null; each = each.Next)
        {
            if (each.Next != endpoint)
                continue;
            each.Next = endpoint.Next;
            return true;
        }

        return false;
    }
}
