using System;
using Guest.Core.Randomness;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Numbers that follow from who speaks to whom, and that nobody else can foresee.</summary>
internal sealed class TcpSecrets(RandomGenerator random)
{
    // RFC 9293, 3.4.1: the clock of initial sequence numbers ticks every four microseconds.
    private const int NanosecondsPerTick = 4_000;

    private readonly SipHash _hash = new(random.NextUInt64(), random.NextUInt64());

    private enum Purpose : byte
    {
        InitialSequence,
        TimestampOffset,
        PortOffset,
        Cookie,
    }

    /// <summary>The number of a connection's SYN (RFC 6528, 3): it grows with time, from where only this host knows.</summary>
    public SequenceNumber InitialSequence(Endpoint endpoint, Instant now) =>
        new(unchecked((uint)(now.Nanoseconds / NanosecondsPerTick) + (uint)Hash(Purpose.InitialSequence, endpoint.Flow, 0)));

    /// <summary>From where a connection's timestamps count (RFC 7323, 5.4): the same for every connection between the same ends, so that they never go back.</summary>
    public uint TimestampOffset(Endpoint endpoint) => TimestampOffset(endpoint.Flow);

    /// <inheritdoc cref="TimestampOffset(Endpoint)"/>
    public uint TimestampOffset(in FlowKey flow) => (uint)Hash(Purpose.TimestampOffset, in flow, 0);

    /// <summary>Where the search for a port begins (RFC 6056, 3.3.3).</summary>
    public uint PortOffset(IpAddress local, IpAddress remote, ushort remotePort) =>
        (uint)Hash(Purpose.PortOffset, new FlowKey(IpProtocol.Tcp, default, BigEndian16.From(remotePort), local, remote), 0);

    /// <summary>What proves that this host has answered a SYN (RFC 4987, 3.6).</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="context">What else it depends on.</param>
    public uint Cookie(in FlowKey flow, ulong context) => (uint)Hash(Purpose.Cookie, in flow, context);

    private ulong Hash(Purpose purpose, in FlowKey flow, ulong context) =>
        _hash.Hash([
            ((ulong)purpose << 32) | flow.LocalPort.Raw | ((uint)flow.RemotePort.Raw << 16),
            flow.Local.High,
            flow.Local.Low,
            flow.Remote.High,
            flow.Remote.Low,
            context,
        ]);
}
