using System;
using System.Buffers.Binary;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Says which groups this host listens to (MLDv2, RFC 3810), so that switches let their packets through: those in which its addresses are
/// asked for, and those that endpoints have joined.</summary>
/// <remarks>That an address's group is left is not told: whoever counts listeners asks for them, and hears of it no more.</remarks>
internal sealed class ListenerReports
{
    private const int HeaderSize = 8;
    private const int CountOffset = 6;
    private const int RecordSize = 20;
    private const int RecordAddressOffset = 4;
    private const int ShortestQuery = 24;

    /// <summary>Within which time it is told again (RFC 3810, 9.11), in milliseconds.</summary>
    private const uint ReportInterval = 1000;

    private readonly NetworkInterface _interface;
    private readonly Ipv6Layer _ipv6;
    private readonly NetworkStack _stack;
    private readonly Icmpv6Sender _sender;
    private readonly Timer _timer;
    private int _changes;

    /// <summary>Makes those of an interface.</summary>
    public ListenerReports(Ipv6Layer ipv6, NetworkInterface owner, NetworkStack stack, Icmpv6Sender sender)
    {
        _interface = owner;
        _ipv6 = ipv6;
        _stack = stack;
        _sender = sender;
        _timer = new Timer(stack.Timers, OnTimer);
    }

    /// <summary>Says at once which groups there are, since there is another one, or another address to say it from.</summary>
    public void OnChange(Instant now)
    {
        _changes = GroupList.Robustness;
        OnTimer(now);
    }

    /// <summary>Says no more.</summary>
    public void Stop()
    {
        _changes = 0;
        _timer.Stop();
    }

    /// <summary>Takes a question, which is answered within the time that it gives (RFC 3810, 5.1.3 and 6.2): for all groups, whichever it is about.</summary>
    /// <returns>False if it is none.</returns>
    public bool InputQuery(ReadOnlySpan<byte> message, IpAddress source, Instant now)
    {
        if (message.Length < ShortestQuery || !source.IsLinkLocal)
            return false;
        uint code = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        uint most = code < 0x8000 ? code : ((code & 0xfff) | 0x1000) << (int)(((code >> 12) & 7) + 3);
        _timer.StartBy(now + Delay(Math.Max(most, 1)));
        return true;
    }

    private void OnTimer(Instant now)
    {
        Send(_changes != 0 ? GroupRecordType.ChangeToExclude : GroupRecordType.ModeIsExclude);
        if (_changes > 0 && --_changes != 0)
            _timer.Start(now + Delay(ReportInterval));
    }

    private Duration Delay(uint milliseconds) => Duration.FromMilliseconds((int)_stack.Random.NextBelow(milliseconds));

    private void Send(GroupRecordType type)
    {
        if (_sender.TryBegin(Icmpv6Type.ListenerReport, HeaderSize + ((AddressTable.Capacity + GroupList.Capacity) * RecordSize)) is not { } message)
            return;
        int count = 0;
        for (int i = 0; i < AddressTable.Capacity; i++)
        {
            InterfaceAddress address = _ipv6.Addresses[i];
            if (address.State == AddressState.Free || IsNamed(address.Address, i))
                continue;
            Add(message, count++, type, Ipv6Group.SolicitedNode(address.Address));
        }

        if (_interface.Groups is { } groups)
            AddJoined(message, ref count, type, groups);

        if (count == 0)
        {
            message.Release();
            return;
        }

        message.Length = HeaderSize + (count * RecordSize);
        BinaryPrimitives.WriteUInt16BigEndian(message.Data[CountOffset..], (ushort)count);
        _sender.SendToListenerRouters(message, _ipv6.Addresses.LinkLocal?.Address ?? default);
    }

    private static void Add(PacketBuffer message, int index, GroupRecordType type, IpAddress group)
    {
        Span<byte> record = message.Data[(HeaderSize + (index * RecordSize))..];
        record[0] = (byte)type;
        group.Write(record[RecordAddressOffset..]);
    }

    // Of groups within the host, and of that of every host, nothing is said (RFC 3810, 6).
    private static void AddJoined(PacketBuffer message, ref int count, GroupRecordType type, GroupList groups)
    {
        for (int i = 0; i < GroupList.Capacity; i++)
        {
            GroupMembership membership = groups[i];
            if (membership.IsFree || membership.Group.IsIpv4 || !membership.IsTold)
                continue;
            if (membership.Users != 0)
                Add(message, count++, type, membership.Group);
            else if (type == GroupRecordType.ChangeToExclude)
                Add(message, count++, GroupRecordType.ChangeToInclude, membership.Group);
            if (type == GroupRecordType.ChangeToExclude && membership.Tellings != 0)
                membership.Tellings--;
        }
    }

    private bool IsNamed(IpAddress address, int before)
    {
        for (int i = 0; i < before; i++)
        {
            InterfaceAddress other = _ipv6.Addresses[i];
            if (other.State != AddressState.Free && Ipv6Group.SolicitedNode(other.Address) == Ipv6Group.SolicitedNode(address))
                return true;
        }

        return false;
    }
}
