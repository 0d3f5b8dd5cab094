using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 3810: groups of IPv6 that endpoints join.</summary>
public sealed class Ipv6GroupTests
{
    private static readonly IpAddress s_group = Frames.Ip("ff02::7:7");

    private readonly Ipv6Dialogue _link = new();

    [Fact]
    public void Joining_and_leaving_are_told_twice_and_a_question_is_answered()
    {
        UdpEndpoint endpoint = _link.Bind(7);
        Assert.Equal(GroupStatus.Done, endpoint.Join(s_group, null));
        Assert.Equal([4, 4], Told());
        Ask();
        Assert.Equal([2], Told());

        endpoint.Leave(s_group, null);
        Assert.Equal([3, 3], Told());
        Ask();
        Assert.Empty(Told());
    }

    [Fact]
    public void Who_joined_gets_what_is_sent_to_the_group_and_nobody_else()
    {
        UdpEndpoint member = _link.Bind(7);
        UdpEndpoint bystander = _link.Bind(8);
        Send(s_group, 7);
        Assert.Equal(1, _link.Net.Interface.Drops[DropCause.NotForUs]);
        member.Join(s_group, null);

        Send(s_group, 7);
        Send(s_group, 8);

        Assert.Equal((1, 0), (member.Pending, bystander.Pending));
        Assert.Equal(1, _link.Net.Interface.Drops[DropCause.NoListener]);
    }

    private void Send(IpAddress group, ushort port) =>
        _link.Net.Receive(Ipv6Frames.Packet(
            Ipv6Frames.Peer, group, 17, Ipv6Frames.UdpDatagram(Ipv6Frames.Peer, group, 4000, port, "x"u8), to: Ipv6Frames.GroupLink(group)));

    private void Ask()
    {
        byte[] query = [0, 100, 0, 0, .. new byte[16], 2, 125, 0, 0];
        byte[] message = Ipv6Frames.Message(Ipv6Frames.Peer, Ipv6Frames.AllNodes, 130, 0, query);
        _link.Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, Ipv6Frames.AllNodes, Ipv6Frames.HopByHop, [Ipv6Frames.Icmp, 0, 5, 2, 0, 0, 1, 0, .. message], hops: 1));
    }

    /// <summary>What is said of the group within a second and a bit: a record's type each.</summary>
    private List<int> Told()
    {
        _link.Net.Advance(Duration.FromMilliseconds(1100));
        List<int> types = [];
        foreach (SeenIpv6Packet report in _link.Sent(Ipv6Frames.ListenerReport))
        {
            for (int at = 8; at < report.Payload.Length; at += 20)
            {
                if (report.Payload.AsSpan(at + 4, 16).SequenceEqual(Ipv6Frames.Bytes(s_group)))
                    types.Add(report.Payload[at]);
            }
        }

        return types;
    }
}
