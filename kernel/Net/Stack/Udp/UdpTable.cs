using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The bound endpoints, found by port; of several on one port the most specific comes first.</summary>
internal sealed class UdpTable
{
    private const int Buckets = 64;

    private readonly UdpEndpoint?[] _buckets = new UdpEndpoint?[Buckets];

    /// <summary>How many endpoints are bound.</summary>
    public int Count { get; private set; }

    /// <summary>One of the bound endpoints; null if there is none.</summary>
    public UdpEndpoint? Any
    {
        get
        {
            foreach (UdpEndpoint? first in _buckets)
            {
                if (first is not null)
                    return first;
            }

            return null;
        }
    }

    /// <summary>The endpoint that an arrival belongs to, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UdpEndpoint? Find(BigEndian16 localPort, BigEndian32 local, BigEndian16 remotePort, BigEndian32 remote)
    {
        UdpEndpoint? endpoint = _buckets[Bucket(localPort)];
        while (endpoint is not null && !endpoint.Accepts(localPort, local, remotePort, remote))
            endpoint = endpoint.NextInBucket;
        return endpoint;
    }

    /// <summary>Whether an endpoint that is bound would share arrivals with one bound so.</summary>
    public bool IsTaken(IpAddress local, ushort port)
    {
        for (UdpEndpoint? at = _buckets[Bucket(BigEndian16.From(port))]; at is not null; at = at.NextInBucket)
        {
            if (at.LocalPort == port && (local.IsUnspecified || at.LocalAddress.IsUnspecified || at.LocalAddress == local))
                return true;
        }

        return false;
    }

    /// <summary>Adds an endpoint, in front of all that are less specific.</summary>
    public void Add(UdpEndpoint endpoint)
    {
        ref UdpEndpoint? at = ref _buckets[Bucket(BigEndian16.From(endpoint.LocalPort))];
        while (at is not null && at.Specificity > endpoint.Specificity)
            at = ref at.NextInBucket;
        endpoint.NextInBucket = at;
        at = endpoint;
        Count++;
    }

    /// <summary>Removes an endpoint, if it is there.</summary>
    public void Remove(UdpEndpoint endpoint)
    {
        ref UdpEndpoint? at = ref _buckets[Bucket(BigEndian16.From(endpoint.LocalPort))];
        while (at is not null && at != endpoint)
            at = ref at.NextInBucket;
        if (at is null)
            return;
        at = endpoint.NextInBucket;
        endpoint.NextInBucket = null;
        Count--;
    }

    // The low six bits of the port's number: its second byte in the packet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bucket(BigEndian16 port) => (port.Raw >> 8) % Buckets;
}
