using System;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A connection that another host has begun to open and whose SYN was answered (RFC 9293: SYN-RECEIVED after a passive open): what is worth keeping
/// of it until the other side shows that it is there (RFC 4987, 3.5).</summary>
internal sealed class TcpHalfOpen : Endpoint
{
    /// <summary>Makes one.</summary>
    /// <param name="timers">The timers of the processor.</param>
    /// <param name="nobody">Where nobody waits.</param>
    /// <param name="onDue">Answers again, or gives up.</param>
    public TcpHalfOpen(TimerQueue timers, WaitQueue nobody, Action<TcpHalfOpen, Instant> onDue)
        : base(IpProtocol.Tcp, nobody) => Timer = new Timer(timers, now => onDue(this, now));

    /// <inheritdoc/>
    public override Readiness Readiness => Readiness.None;

    /// <summary>When the SYN is to be answered again.</summary>
    public Timer Timer { get; }

    /// <summary>The next in its list: those of all listeners, or those that are free.</summary>
    public TcpHalfOpen? Next;

    /// <summary>The one before it in the list.</summary>
    public TcpHalfOpen? Before;

    /// <summary>Whose connection it is to be.</summary>
    public TcpListenEndpoint? Listener;

    /// <summary>What the other side's SYN said.</summary>
    public TcpOffer Offer;

    /// <summary>The number of our SYN (ISS).</summary>
    public SequenceNumber InitialSend;

    /// <summary>The number of the other side's SYN (IRS).</summary>
    public SequenceNumber InitialReceive;

    /// <summary>From where our timestamps count.</summary>
    public uint TimestampOffset;

    /// <summary>By how much our windows will be shifted; 0 if the other side takes none that are.</summary>
    public int ReceiveShift;

    /// <summary>The window that was offered, in bytes.</summary>
    public int Window;

    /// <summary>Whether both sides want explicit congestion notification.</summary>
    public bool UsesEcn;

    /// <summary>How often the SYN was answered.</summary>
    public int Answers;

    /// <summary>When it was answered last.</summary>
    public Instant AnsweredAt;

    /// <summary>How long the other side took to acknowledge, if it was answered once.</summary>
    public Duration RoundTrip;

    /// <summary>Whether it was answered more than once.</summary>
    public bool WasRetransmitted => Answers > 1;

    /// <summary>Names both ends.</summary>
    public void NameBoth(IpAddress local, ushort port, IpAddress remote, ushort remotePort, ulong secret)
    {
        Name(local, port);
        NameRemote(remote, remotePort, secret);
    }
}
