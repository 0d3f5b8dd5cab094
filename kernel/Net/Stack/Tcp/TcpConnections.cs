using System;
using System.Runtime.CompilerServices;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>All of TCP that is one for the whole stack: the table of connections, the pools of what they are made of, the secrets, the counts.</summary>
internal sealed class TcpConnections
{
    /// <summary>What a connection may have waiting in each direction, unless it asks for another size.</summary>
    public const int BufferSize = 256 * 1024;

    // Windows can say four times the default size, for those who ask for more later.
    private const int LargestBuffer = 4 * BufferSize;
    private const int MostRecords = 64 * 1024;

    /// <summary>So many connections there may be however little memory is left.</summary>
    private const int LeastConnections = 16;
    private const int TimestampTickBits = 20;
    private const int FirstEphemeralPort = 32_768;
    private const int EphemeralPorts = 61_000 - FirstEphemeralPort;

    private TcpEndpoint? _free;
    private TcpListenEndpoint? _freeListeners;
    private uint _portsTried;

    /// <summary>Makes it for a stack.</summary>
    public TcpConnections(NetworkStack stack)
    {
        Stack = stack;
        Table = stack.Endpoints;
        Secrets = new TcpSecrets(stack.Random);
        TimeWaits = new TcpTimeWaits(this);
        HalfOpens = new TcpHalfOpens(this);
        Shortage = new TcpShortage(this);
    }

    /// <summary>The stack.</summary>
    public NetworkStack Stack { get; }

    /// <summary>Where connections are found.</summary>
    public EndpointTable Table { get; }

    /// <summary>Records of sent segments.</summary>
    public SentSegmentPool Records { get; } = new(MostRecords);

    /// <summary>What nobody outside may foresee.</summary>
    public TcpSecrets Secrets { get; }

    /// <summary>Where nobody waits: of records that no application ever has.</summary>
    public WaitQueue Nobody { get; } = new();

    /// <summary>Connections that are over.</summary>
    public TcpTimeWaits TimeWaits { get; }

    /// <summary>Connections that are not open yet.</summary>
    public TcpHalfOpens HalfOpens { get; }

    /// <summary>Who gives up connections when memory is short.</summary>
    public TcpShortage Shortage { get; }

    /// <summary>What has happened.</summary>
    public TcpCounters Counters { get; } = new();

    /// <summary>Who tells of each segment; null for nobody.</summary>
    public TcpTrace? Trace { get; set; }

    /// <summary>Whether new connections offer explicit congestion notification; those that others open get what they ask for (as Linux does by default).</summary>
    public bool OffersEcn { get; set; }

    /// <summary>What controls the congestion of connections that are made from now on.</summary>
    public CongestionAlgorithm Congestion { get; set; } = CongestionAlgorithm.Cubic;

    /// <summary>The first of those whose acknowledgements are due in the next pass.</summary>
    public TcpEndpoint? FirstDue { get; set; }

    /// <summary>Connections that there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is memory for another connection that somebody else opens.</summary>
    public bool MayOpen => _free is not null || Count < LeastConnections || PhysicalMemory.HasSpare;

    /// <summary>A clock of about a millisecond a tick for timestamps (RFC 7323, 5.4).</summary>
    public static uint TimestampAt(Instant now) => (uint)(now.Nanoseconds >> TimestampTickBits);

    /// <summary>So many ticks of the clock of <see cref="TimestampAt"/>.</summary>
    public static Duration TicksOf(long count) => new(count << TimestampTickBits);

    /// <summary>By how much the windows of a buffer must be shifted to be said in sixteen bits (RFC 7323, 2.3).</summary>
    public static int ShiftFor(int bufferSize)
    {
        int shift = 0;
        while (shift < TcpOptions.LargestWindowShift && ushort.MaxValue << shift < Math.Max(bufferSize, LargestBuffer))
            shift++;
        return shift;
    }

    /// <summary>Makes what controls the congestion of a connection.</summary>
    public CongestionControl MakeCongestionControl() => Congestion == CongestionAlgorithm.Cubic ? new Cubic() : new NewReno();

    /// <summary>Makes an endpoint, or hands out one again. It is not bound.</summary>
    public TcpEndpoint TakeEndpoint()
    {
        Count++;
        if (_free is not { } endpoint)
            return new TcpEndpoint(this);
        _free = endpoint.NextInList;
        endpoint.NextInList = null;
        return endpoint;
    }

    /// <summary>Takes back an endpoint whose connection is over and whose owner has closed it.</summary>
    public void Recycle(TcpEndpoint endpoint)
    {
        Count--;
        endpoint.Reset();
        endpoint.NextInList = _free;
        _free = endpoint;
    }

    /// <summary>Makes a listener, or hands out one again. It is not bound.</summary>
    public TcpListenEndpoint TakeListener()
    {
        if (_freeListeners is not { } listener)
            return new TcpListenEndpoint(this);
        _freeListeners = listener.NextFree;
        listener.NextFree = null;
        return listener;
    }

    /// <summary>Takes back a listener that is closed.</summary>
    public void Recycle(TcpListenEndpoint listener)
    {
        listener.NextFree = _freeListeners;
        _freeListeners = listener;
    }

    /// <summary>Brings a segment to whom it is for (RFC 9293, 3.10.7).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Input(ref TcpSegment segment)
    {
        Endpoint? conversation = Table.FindConversation(IpProtocol.Tcp, segment.LocalPort, segment.Info);
        if (conversation is TcpEndpoint connection)
            connection.Input(ref segment);
        else if (conversation is TcpHalfOpen halfOpen)
            HalfOpens.Input(halfOpen, ref segment);
        else if (conversation is not TcpTimeWait timeWait || !TimeWaits.Input(timeWait, ref segment))
            InputToListener(ref segment);
    }

    /// <summary>For a listener, if there is one.</summary>
    private void InputToListener(ref TcpSegment segment)
    {
        if (Table.FindBound(IpProtocol.Tcp, segment.LocalPort, segment.Info) is TcpListenEndpoint listener)
            listener.Input(ref segment);
        else
            RefuseUnclaimed(in segment);
        HalfOpens.BeginAfter = null;
    }

    // RFC 9293, 3.10.7.1: the state is CLOSED.
    private static void RefuseUnclaimed(in TcpSegment segment)
    {
        segment.Info.Via.Drops.Count(DropCause.NoListener);
        segment.Info.Via.Tcp.SendReset(in segment);
    }

    /// <summary>Sends the acknowledgements that were due at the end of a pass and that no answer has carried.</summary>
    public void SendDueAcknowledgements(Instant now)
    {
        while (FirstDue is { } endpoint)
        {
            FirstDue = endpoint.NextDue;
            endpoint.NextDue = null;
            endpoint.AcknowledgeIfDue(now);
        }
    }

    /// <summary>Names an endpoint before it is connected.</summary>
    public BindStatus Bind(TcpEndpoint endpoint, IpAddress address, ushort port)
    {
        if (!address.IsUnspecified && !Stack.HasAddress(address))
            return BindStatus.AddressNotAvailable;
        if (port != 0 && Table.IsTaken(IpProtocol.Tcp, address, port))
            return BindStatus.InUse;
        endpoint.NameLocal(address, port);
        return BindStatus.Bound;
    }

    /// <summary>Names a listener, and lets it be found.</summary>
    public BindStatus Bind(TcpListenEndpoint listener, IpAddress address, ushort port)
    {
        if (!address.IsUnspecified && !Stack.HasAddress(address))
            return BindStatus.AddressNotAvailable;
        if (port == 0)
            port = (ushort)(FirstEphemeralPort + (int)Stack.Random.NextBelow(EphemeralPorts));
        if (Table.IsTaken(IpProtocol.Tcp, address, port, listener.IsDual))
            return BindStatus.InUse;
        listener.NameLocal(address, port);
        Table.Add(listener);
        return BindStatus.Bound;
    }

    /// <summary>Gives a connection that this host opens its name, and lets it be found.</summary>
    /// <remarks>Ports are chosen by RFC 6056, 3.3.3: each pair of hosts has an order of its own, which nobody outside knows.</remarks>
    public TcpError NameConnection(TcpEndpoint endpoint, IpAddress local, IpAddress remote, ushort remotePort)
    {
        if (endpoint.LocalPort != 0)
            return TryName(endpoint, local, endpoint.LocalPort, remote, remotePort) ? TcpError.None : TcpError.AddressUnavailable;
        uint offset = Secrets.PortOffset(local, remote, remotePort);
        for (int tried = 0; tried < EphemeralPorts; tried++)
        {
            ushort port = (ushort)(FirstEphemeralPort + ((offset + _portsTried++) % EphemeralPorts));
            if (TryName(endpoint, local, port, remote, remotePort))
                return TcpError.None;
        }

        return TcpError.AddressUnavailable;
    }

    private bool TryName(TcpEndpoint endpoint, IpAddress local, ushort port, IpAddress remote, ushort remotePort)
    {
        BigEndian16 rawPort = BigEndian16.From(port);
        FlowKey flow = new(IpProtocol.Tcp, rawPort, BigEndian16.From(remotePort), local, remote);
        if (Table.FindConversation(in flow) is not null || (endpoint.LocalPort == 0 && Table.IsTaken(IpProtocol.Tcp, local, port)))
            return false;
        endpoint.NameBoth(local, port, remote, remotePort);
        Table.AddConversation(endpoint);
        return true;
    }
}
