using System;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The bound endpoints of all transport protocols. A packet is first for the conversation that it belongs to, then for whoever accepts
/// any host's on its port, of whom one bound to an address comes before one bound to all.</summary>
internal sealed class EndpointTable(ulong secret)
{
    private const int Ports = 64;
    private const int LeastFlows = 64;

    private readonly Endpoint?[] _ports = new Endpoint?[Ports];
    private Endpoint?[] _flows = new Endpoint?[LeastFlows];
    private int _flowCount;

    // The conversation that was found last: the next segment is often of the same one. None once another has come, or one has gone.
    private Endpoint? _latest;

    // Conversations that are found by their ports too: while there are none, what is bound to a port is looked for there at once.
    private int _boundFlowCount;

    /// <summary>What the hashes of conversations begin from.</summary>
    public ulong Secret { get; } = secret;

    /// <summary>How many endpoints are bound.</summary>
    public int Count { get; private set; }

    /// <summary>The conversations: the first of each bucket, and behind it <see cref="Endpoint.NextInFlows"/>.</summary>
    public ReadOnlySpan<Endpoint?> Flows => _flows;

    /// <summary>One of the endpoints that applications have bound; null if there is none.</summary>
    public Endpoint? Any
    {
        get
        {
            foreach (Endpoint? first in _ports)
            {
                Endpoint? at = first;
                while (at is { IsOfStack: true })
                    at = at.NextOnPort;
                if (at is not null)
                    return at;
            }

            return null;
        }
    }

    /// <summary>How many lists of conversations there are, each of which <see cref="FirstInFlows"/> begins.</summary>
    public int FlowBuckets => _flows.Length;

    /// <summary>The first conversation of a list, which goes on by <see cref="Endpoint.NextInFlows"/>; null if it is empty.</summary>
    public Endpoint? FirstInFlows(int bucket) => _flows[bucket];

    /// <summary>The endpoint that an arrival belongs to, or null.</summary>
    /// <param name="protocol">Whose ports these are.</param>
    /// <param name="localPort">The port that it is for.</param>
    /// <param name="info">Addresses and the sender's port.</param>
    public Endpoint? Find(IpProtocol protocol, BigEndian16 localPort, PacketInfo info)
    {
        uint accepted = Endpoint.Accepted(protocol, localPort);
        if (_boundFlowCount != 0 && FindFlow(Endpoint.FlowOf(accepted, info)) is { } flow)
            return flow;
        return FindBound(protocol, localPort, info);
    }

    /// <summary>The conversation that an arrival belongs to, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Endpoint? FindConversation(IpProtocol protocol, BigEndian16 localPort, PacketInfo info) =>
        FindFlow(Endpoint.FlowOf(Endpoint.Accepted(protocol, localPort), info));

    /// <summary>The conversation of a name, or null.</summary>
    public Endpoint? FindConversation(in FlowKey flow) => FindFlow(in flow);

    /// <summary>Who accepts any host's packets on a port, or null.</summary>
    public Endpoint? FindBound(IpProtocol protocol, BigEndian16 localPort, PacketInfo info)
    {
        uint accepted = Endpoint.Accepted(protocol, localPort);
        Endpoint? onPort = _ports[Bucket(localPort)];
        bool isIpv6 = info.IsIpv6;
        while (onPort is not null && !(isIpv6 ? onPort.AcceptsIpv6(accepted, info) : onPort.Accepts(accepted, info)))
            onPort = onPort.NextOnPort;
        return onPort;
    }

    /// <summary>What <see cref="Find"/> finds of an IPv4 packet, if it is found at the first look: there are no conversations, and it is the first on its port.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Endpoint? FindFirst(IpProtocol protocol, BigEndian16 localPort, PacketInfo info)
    {
        Endpoint? first = _ports[Bucket(localPort)];
        return first is not null && _boundFlowCount == 0 && first.Accepts(Endpoint.Accepted(protocol, localPort), info) ? first : null;
    }

    /// <summary>Whether an endpoint that is bound would share arrivals with one bound so.</summary>
    public bool IsTaken(IpProtocol protocol, IpAddress local, ushort port, bool isDual = false)
    {
        Endpoint? at = _ports[Bucket(BigEndian16.From(port))];
        while (at is not null && !at.HasPort(protocol, local, port, isDual))
            at = at.NextOnPort;
        return at is not null;
    }

    /// <summary>Adds an endpoint.</summary>
    public void Add(Endpoint endpoint)
    {
        ref Endpoint? at = ref _ports[Bucket(endpoint.RawLocalPort)];
        while (at is not null && at.PlaceOnPort < endpoint.PlaceOnPort)
            at = ref at.NextOnPort;
        endpoint.NextOnPort = at;
        at = endpoint;
        Count++;
        if (!endpoint.IsConnected)
            return;
        _boundFlowCount++;
        AddConversation(endpoint);
    }

    /// <summary>Removes an endpoint, if it is there.</summary>
    public void Remove(Endpoint endpoint)
    {
        ref Endpoint? at = ref _ports[Bucket(endpoint.RawLocalPort)];
        while (at is not null && at != endpoint)
            at = ref at.NextOnPort;
        if (at is null)
            return;
        at = endpoint.NextOnPort;
        endpoint.NextOnPort = null;
        Count--;
        if (!endpoint.IsConnected)
            return;
        _boundFlowCount--;
        RemoveConversation(endpoint);
    }

    /// <summary>Adds a conversation that does not have its port to itself: a TCP connection shares it with a listener and with others.</summary>
    public void AddConversation(Endpoint endpoint)
    {
        _latest = null;
        if (_flowCount >= _flows.Length && PhysicalMemory.HasSpare)
            GrowFlows();
        _flowCount++;
        InsertFlow(endpoint);
    }

    /// <summary>Removes a conversation that <see cref="AddConversation"/> added.</summary>
    public void RemoveConversation(Endpoint endpoint)
    {
        _latest = null;
        ref Endpoint? at = ref FlowBucket(endpoint.FlowHash);
        while (at != endpoint)
            at = ref at!.NextInFlows;
        at = endpoint.NextInFlows;
        endpoint.NextInFlows = null;
        _flowCount--;
    }

    private Endpoint? FindFlow(in FlowKey arrival) =>
        _latest is { } latest && latest.Flow.Covers(in arrival) ? latest : FindFlowByHash(in arrival);

    private Endpoint? FindFlowByHash(in FlowKey arrival)
    {
        Endpoint?[] flows = _flows;
        Endpoint? endpoint = flows[arrival.Hash(Secret) & ((uint)flows.Length - 1)];
        while (endpoint is not null && !endpoint.Flow.Covers(in arrival))
            endpoint = endpoint.NextInFlows;
        // One that is bound to no address gives way to one that is, which the next arrival may be for.
        if (endpoint is not null && !endpoint.LocalAddress.IsUnspecified)
            Reference.Set(ref _latest, endpoint);
        return endpoint;
    }

    // Behind those that are bound to an address, as among the ports.
    private void InsertFlow(Endpoint endpoint)
    {
        ref Endpoint? at = ref FlowBucket(endpoint.FlowHash);
        while (endpoint.LocalAddress.IsUnspecified && at is not null && !at.LocalAddress.IsUnspecified)
            at = ref at.NextInFlows;
        endpoint.NextInFlows = at;
        at = endpoint;
    }

    private void GrowFlows()
    {
        Endpoint?[] smaller = _flows;
        _flows = new Endpoint?[smaller.Length * 2];
        foreach (Endpoint? first in smaller)
        {
            Endpoint? endpoint = first;
            while (endpoint is not null)
            {
                Endpoint? next = endpoint.NextInFlows;
                InsertFlow(endpoint);
                endpoint = next;
            }
        }
    }

    private ref Endpoint? FlowBucket(uint hash) => ref _flows[hash & ((uint)_flows.Length - 1)];

    // The low six bits of the port's number: its second byte in the packet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bucket(BigEndian16 port) => ((uint)port.Raw >> 8) % Ports;
}
