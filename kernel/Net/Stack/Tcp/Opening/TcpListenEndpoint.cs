using System;
using Guest.Core.Scheduling;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A port on which others may open connections (RFC 9293, 3.3.2: LISTEN).</summary>
public sealed class TcpListenEndpoint : Endpoint
{
    private readonly TcpConnections _tcp;
    private TcpEndpoint? _first;
    private TcpEndpoint? _last;

    internal TcpListenEndpoint(TcpConnections tcp)
        : base(IpProtocol.Tcp)
    {
        _tcp = tcp;
        SetDefaults();
    }

    /// <summary>The next of those that are free.</summary>
    internal TcpListenEndpoint? NextFree;

    /// <summary>Connections that are about to be opened.</summary>
    internal int HalfOpenCount;

    /// <summary>It is readable while a connection waits to be accepted.</summary>
    public override Readiness Readiness => Pending != 0 ? Readiness.Readable : Readiness.None;

    /// <summary>How many connections may wait to be accepted; 0 while nobody listens.</summary>
    public int Backlog { get; private set; }

    /// <summary>How many connections wait to be accepted.</summary>
    public int Pending { get; private set; }

    /// <summary>What accepted connections begin with: <see cref="TcpEndpoint.SendBufferSize"/>.</summary>
    public int SendBufferSize { get; set; }

    /// <summary>What accepted connections begin with: <see cref="TcpEndpoint.ReceiveBufferSize"/>.</summary>
    public int ReceiveBufferSize { get; set; }

    /// <summary>Whether a connection can be accepted, should another one come to be established.</summary>
    internal bool HasRoom => Pending < Backlog;

    /// <summary>Takes an address and a port.</summary>
    /// <param name="address">One of this host's addresses, or unspecified for all.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    public BindStatus Bind(IpAddress address, ushort port) => _tcp.Bind(this, address, port);

    /// <summary>Lets connections be opened.</summary>
    /// <param name="backlog">How many may wait to be accepted; at least one may.</param>
    public void Listen(int backlog)
    {
        Backlog = Math.Max(backlog, 1);
        _tcp.Stack.TellIfReady();
    }

    /// <summary>Takes the connection that has waited longest.</summary>
    /// <returns>Null if none waits.</returns>
    public TcpEndpoint? TryAccept()
    {
        if (_first is not { } accepted)
            return null;
        _first = accepted.NextInList;
        if (_first is null)
            _last = null;
        accepted.NextInList = null;
        Pending--;
        return accepted;
    }

    /// <summary>Gives the port back, and resets the connections that nobody has accepted. The owner does not use it any more.</summary>
    public void Close()
    {
        if (!IsBound)
            return;
        _tcp.Table.Remove(this);
        Backlog = 0;
        _tcp.HalfOpens.RemoveAllOf(this);
        while (TryAccept() is { } waiting)
            waiting.Abort();
        WakeAll();
        IsDual = false;
        Name(IpAddress.AnyIpv4, 0);
        SetDefaults();
        _tcp.Recycle(this);
    }

    internal void NameLocal(IpAddress address, ushort port) => Name(address, port);

    /// <summary>RFC 9293, 3.10.7.2: a segment arrives in LISTEN.</summary>
    internal void Input(ref TcpSegment segment)
    {
        // First, a RST; second, an ACK; third, a SYN. Nothing else comes to where no connection is.
        if (!segment.Has(TcpFlags.Rst) && segment.Has(TcpFlags.Ack))
        {
            if (segment.Has(TcpFlags.Syn) || !_tcp.HalfOpens.TryRedeem(this, ref segment))
                segment.Info.Via.Tcp.SendReset(in segment);
        }
        else if (!segment.Has(TcpFlags.Rst) && segment.Has(TcpFlags.Syn) && Backlog != 0)
        {
            _tcp.HalfOpens.Open(this, in segment);
        }
        else
        {
            _tcp.Counters.Unanswered++;
        }
    }

    /// <summary>Adds a connection that has come to be established.</summary>
    internal void Add(TcpEndpoint connection)
    {
        if (_last is null)
            _first = connection;
        else
            _last.NextInList = connection;
        _last = connection;
        Pending++;
        _tcp.Counters.Accepted++;
        Readers.WakeOne();
    }

    private void SetDefaults()
    {
        SendBufferSize = TcpConnections.BufferSize;
        ReceiveBufferSize = TcpConnections.BufferSize;
    }
}
