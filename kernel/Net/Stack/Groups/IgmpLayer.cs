using System;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Tells routers and switches which groups of IPv4 an interface is in (IGMPv3, RFC 3376; and its elders, RFC 2236 and RFC 1112, where a router speaks those). There is one only where
/// a group was ever joined.</summary>
/// <remarks>A question about one group is answered for all: there are few. A report of another host's does not keep this one from answering.</remarks>
internal sealed class IgmpLayer : IGroupProtocol
{
    private const int QuerySize = 8;
    private const int Version3QuerySize = 12;
    private const int MillisecondsPerUnit = 100;

    // RFC 1112's questions say no time: it is ten seconds.
    private const uint Version1Units = 100;

    /// <summary>Within which time a change is told again, in milliseconds (RFC 3376, 8.11).</summary>
    private const uint ReportInterval = 1000;

    /// <summary>How long a router is taken to speak an elder version after it did (RFC 3376, 8.12): twice 125 s, and 10 s.</summary>
    private static readonly Duration s_elderTimeout = Duration.FromSeconds(260);

    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly GroupList _groups;
    private readonly IgmpSender _sender;
    private readonly Timer _changes;
    private readonly Timer _answer;
    private Instant _version1Until = Instant.Zero;
    private Instant _version2Until = Instant.Zero;

    /// <summary>Makes that of an interface.</summary>
    public IgmpLayer(NetworkInterface owner, NetworkStack stack, GroupList groups, TransmitQueue transmit)
    {
        _interface = owner;
        _stack = stack;
        _groups = groups;
        _sender = new IgmpSender(owner, transmit);
        _changes = new Timer(stack.Timers, TellChanges);
        _answer = new Timer(stack.Timers, Answer);
    }

    /// <inheritdoc/>
    public void OnChange(Instant now) => TellChanges(now);

    /// <inheritdoc/>
    public void Stop()
    {
        _changes.Stop();
        _answer.Stop();
        _version1Until = Instant.Zero;
        _version2Until = Instant.Zero;
    }

    /// <inheritdoc/>
    public void Input(PacketBuffer buffer, byte hops)
    {
        ReadOnlySpan<byte> message = buffer.Data;
        DropCounters drops = _interface.Drops;
        if (message.Length < QuerySize || buffer.Next is not null)
            drops.Drop(buffer, DropCause.Truncated);
        else if (!InternetChecksum.IsGood(InternetChecksum.Sum(_interface.Counters, message)))
            drops.Drop(buffer, DropCause.BadChecksum);
        else if (hops != 1 || (message.Length is > QuerySize and < Version3QuerySize))
            drops.Drop(buffer, DropCause.Malformed);
        else
            Take(buffer, message);
    }

    private void Take(PacketBuffer buffer, ReadOnlySpan<byte> message)
    {
        if (message[0] == (byte)IgmpType.Query)
            TakeQuery(message, _interface.Now);
        buffer.Release();
    }

    private void TakeQuery(ReadOnlySpan<byte> message, Instant now)
    {
        uint code = message[1];
        uint units = code;
        if (message.Length == QuerySize && code == 0)
        {
            _version1Until = now + s_elderTimeout;
            units = Version1Units;
        }
        else if (message.Length == QuerySize)
        {
            _version2Until = now + s_elderTimeout;
        }
        else if (code >= 0x80)
        {
            units = ((code & 15) | 16) << (int)(((code >> 4) & 7) + 3); // RFC 3376, 4.1.1
        }

        _answer.StartBy(now + Delay(Math.Max(units, 1) * MillisecondsPerUnit));
    }

    private Duration Delay(uint milliseconds) => Duration.FromMilliseconds((int)_stack.Random.NextBelow(milliseconds));

    private void Answer(Instant now)
    {
        if (!SpeaksElder(now, out IgmpType elder))
        {
            _sender.BeginReport();
            for (int i = 0; i < GroupList.Capacity; i++)
            {
                if (IsIn(_groups[i]))
                    _sender.AddRecord(GroupRecordType.ModeIsExclude, _groups[i].Group);
            }

            _sender.SendReport();
            return;
        }

        for (int i = 0; i < GroupList.Capacity; i++)
        {
            if (IsIn(_groups[i]))
                _sender.Send(elder, _groups[i].Group, _groups[i].Group);
        }
    }

    private void TellChanges(Instant now)
    {
        bool isElder = SpeaksElder(now, out IgmpType elder);
        bool again = false;
        if (!isElder)
            _sender.BeginReport();
        for (int i = 0; i < GroupList.Capacity; i++)
        {
            GroupMembership membership = _groups[i];
            if (membership.Tellings == 0 || !membership.Group.IsIpv4)
                continue;
            again |= --membership.Tellings != 0;
            bool isIn = membership.Users != 0;
            if (!isElder)
                _sender.AddRecord(isIn ? GroupRecordType.ChangeToExclude : GroupRecordType.ChangeToInclude, membership.Group);
            else if (isIn)
                _sender.Send(elder, membership.Group, membership.Group);
            else if (elder == IgmpType.Version2Report)
                _sender.Send(IgmpType.Version2Leave, membership.Group, Ipv4Group.AllRouters);
        }

        if (!isElder)
            _sender.SendReport();
        if (again)
            _changes.Start(now + Delay(ReportInterval));
    }

    private bool SpeaksElder(Instant now, out IgmpType report)
    {
        report = now < _version1Until ? IgmpType.Version1Report : IgmpType.Version2Report;
        return now < _version1Until || now < _version2Until;
    }

    private static bool IsIn(GroupMembership membership) => membership is { Users: not 0, IsTold: true, Group.IsIpv4: true };
}
