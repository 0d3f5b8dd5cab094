using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A connection that is over, whose last segments may still be on their way (RFC 9293, 3.6.1: TIME-WAIT).</summary>
internal sealed class TcpTimeWait(WaitQueue nobody) : Endpoint(IpProtocol.Tcp, nobody)
{
    /// <inheritdoc/>
    public override Readiness Readiness => Readiness.None;

    /// <summary>The next in its list: those that end later, or those that are free.</summary>
    public TcpTimeWait? Next;

    /// <summary>The one that ends before it.</summary>
    public TcpTimeWait? Before;

    /// <summary>When it ends.</summary>
    public Instant EndsAt;

    /// <summary>When a segment was answered last.</summary>
    public Instant AnsweredAt;

    /// <summary>What is known of the connection.</summary>
    public TcpTimeWaitNumbers Numbers;

    /// <summary>Takes a connection's name.</summary>
    public void NameAs(Endpoint connection, ulong secret)
    {
        Name(connection.LocalAddress, connection.LocalPort);
        NameRemote(connection.RemoteAddress, connection.RemotePort, secret);
    }
}
