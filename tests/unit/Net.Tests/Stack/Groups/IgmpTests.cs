using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 3376, and what elder routers are answered: byte by byte, apart from the code under test.</summary>
public sealed class IgmpTests
{
    private const byte IsExclude = 2;
    private const byte ToInclude = 3;
    private const byte ToExclude = 4;
    private static readonly IpAddress s_group = Frames.Ip("239.1.2.3");
    private static readonly IpAddress s_other = Frames.Ip("239.1.2.4");

    private readonly Dialogue _net = new();

    [Fact]
    public void A_host_without_groups_says_nothing_and_hears_nothing()
    {
        Ask(Query(version: 3, code: 1), wanted: false);
        _net.Advance(Duration.FromSeconds(20));
        _net.ExpectNothing();
        _net.Receive(ToGroup("x"u8));
        Assert.Equal(2, _net.Interface.Drops[DropCause.NotForUs]);
    }

    [Fact]
    public void Joining_and_leaving_are_told_at_once_and_once_more_within_a_second()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        Assert.Equal(GroupStatus.Done, endpoint.Join(s_group, null));
        ExpectReport((ToExclude, s_group));
        _net.Advance(Duration.FromSeconds(1));
        ExpectReport((ToExclude, s_group));
        _net.Advance(Duration.FromSeconds(10));
        _net.ExpectNothing();

        Assert.Equal(GroupStatus.Done, endpoint.Leave(s_group, null));
        ExpectReport((ToInclude, s_group));
        _net.Advance(Duration.FromSeconds(1));
        ExpectReport((ToInclude, s_group));
        _net.Advance(Duration.FromSeconds(10));
        _net.ExpectNothing();
        endpoint.Close();
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_group_is_left_when_the_last_endpoint_has_left_it_or_was_closed()
    {
        UdpEndpoint first = _net.Bind(7);
        UdpEndpoint second = _net.Bind(8);
        first.Join(s_group, null);
        second.Join(s_group, null);
        _net.Advance(Duration.FromSeconds(2));
        _net.Poll();
        _net.Device.Sent.Clear();

        first.Leave(s_group, null);
        _net.Poll();
        _net.ExpectNothing();
        second.Close();
        ExpectReport((ToInclude, s_group));
    }

    [Theory]
    [InlineData(1, 1)] // a tenth of a second
    [InlineData(100, 100)]
    [InlineData(0x8f, (16 | 15) << 3)]
    public void A_question_is_answered_within_the_time_that_it_gives(byte code, int tenths)
    {
        JoinBoth();

        Ask(Query(version: 3, code));
        _net.Advance(Duration.FromMilliseconds(tenths * 100));

        ExpectReport((IsExclude, s_group), (IsExclude, s_other));
        _net.Advance(Duration.FromSeconds(500));
        _net.ExpectNothing();
    }

    [Fact]
    public void A_switch_without_an_address_is_answered()
    {
        JoinBoth();
        Ask(Query(version: 3, code: 1), source: IpAddress.AnyIpv4);
        _net.Advance(Duration.FromSeconds(1));
        ExpectReport((IsExclude, s_group), (IsExclude, s_other));
    }

    [Theory]
    [InlineData(2, 20, 0x16)]
    [InlineData(1, 0, 0x12)]
    public void An_elder_router_is_spoken_to_in_its_own_way_until_it_is_gone(int version, byte code, byte report)
    {
        JoinBoth();

        Ask(Query(version, code));
        _net.Advance(Duration.FromSeconds(10));
        ExpectElder(report, s_group, s_group);
        ExpectElder(report, s_other, s_other);
        _net.ExpectNothing();

        UdpEndpoint third = _net.Bind(9);
        IpAddress group = Frames.Ip("239.9.9.9");
        third.Join(group, null);
        ExpectElder(report, group, group);
        _net.Advance(Duration.FromSeconds(1));
        ExpectElder(report, group, group);
        third.Leave(group, null);
        _net.Advance(Duration.FromSeconds(1));
        for (int i = 0; version == 2 && i < 2; i++)
            ExpectElder(0x17, group, Frames.Ip("224.0.0.2"));
        _net.ExpectNothing();

        _net.Advance(Duration.FromSeconds(260));
        Ask(Query(version: 3, code: 1));
        _net.Advance(Duration.FromSeconds(1));
        ExpectReport((IsExclude, s_group), (IsExclude, s_other));
    }

    [Fact]
    public void What_is_wrong_or_came_from_beyond_the_link_is_not_answered()
    {
        JoinBoth();
        byte[] badSum = Query(version: 3, code: 1);
        badSum[2] ^= 1;
        Ask(badSum);
        Ask(Query(version: 3, code: 1), hops: 2);
        Ask(Query(version: 3, code: 1)[..7]);
        Ask(Sum([0x11, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
        _net.Advance(Duration.FromSeconds(20));
        _net.ExpectNothing();
        Assert.Equal((1, 2, 1), (_net.Interface.Drops[DropCause.BadChecksum], _net.Interface.Drops[DropCause.Malformed], _net.Interface.Drops[DropCause.Truncated]));
        _net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Who_joined_gets_what_is_sent_to_the_group_and_nobody_else()
    {
        UdpEndpoint member = _net.Bind(7);
        UdpEndpoint bystander = _net.Bind(8);
        member.Join(s_group, null);

        _net.Receive(ToGroup("for members"u8), ToGroup("for nobody"u8, port: 8), ToGroup("for others"u8, group: s_other));

        Assert.Equal((1, 0), (member.Pending, bystander.Pending));
        Assert.Equal(1, _net.Interface.Drops[DropCause.NoListener]);
        Assert.Equal(1, _net.Interface.Drops[DropCause.NotForUs]);
        byte[] payload = new byte[100];
        Assert.True(member.TryReceive(payload, out UdpReceipt receipt));
        Assert.Equal("for members"u8.ToArray(), payload[..receipt.Length]);

        member.Leave(s_group, null);
        _net.Receive(ToGroup("late"u8));
        Assert.Equal(0, member.Pending);
    }

    [Fact]
    public void Fragments_to_a_group_are_put_together()
    {
        UdpEndpoint member = _net.Bind(7);
        member.Join(s_group, null);
        byte[] datagram = Frames.UdpPayload(4000, 7, new byte[2000], destination: s_group);

        _net.Receive(
            ToLink(Frames.Ipv4(IpProtocol.Udp, datagram.AsSpan(0, 1480), destination: s_group, id: 5, fragment: 0x2000)),
            ToLink(Frames.Ipv4(IpProtocol.Udp, datagram.AsSpan(1480), destination: s_group, id: 5, fragment: 1480 / 8)));

        Assert.Equal(2000, member.NextLength);
    }

    [Fact]
    public void What_is_sent_to_a_group_stays_on_the_link_unless_the_program_says_otherwise()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Send("one"u8, s_group, 9);
        Assert.Equal(1, HopsOf(_net.ExpectFrame()));
        endpoint.GroupHops = 9;
        endpoint.Send("nine"u8, s_group, 9);
        byte[] frame = _net.ExpectFrame();
        Assert.Equal(9, HopsOf(frame));
        Assert.Equal(new MacAddress(0x0100_5e01_0203), MacAddress.Read(frame));
        endpoint.Send("nine"u8, s_group, 9);
        Assert.Equal(9, HopsOf(_net.ExpectFrame()));
        UdpEndpoint other = _net.Bind(8);
        other.Send("one"u8, s_group, 9);
        Assert.Equal(1, HopsOf(_net.ExpectFrame()));
    }

    [Fact]
    public void A_new_link_is_told_of_every_group()
    {
        JoinBoth();
        _net.Device.LinkUp = false;
        _net.Poll();
        _net.Device.LinkUp = true;
        _net.Poll();
        ExpectReport((ToExclude, s_group), (ToExclude, s_other));
    }

    [Fact]
    public void Groups_are_bounded_and_places_come_back()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        Assert.Equal(GroupStatus.NoGroup, endpoint.Join(Frames.Peer, null));
        Assert.Equal(GroupStatus.NoInterface, endpoint.Join(Frames.Ip("ff02::7"), null));
        Assert.Equal(GroupStatus.NotIn, endpoint.Leave(s_group, null));
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 16; i++)
                Assert.Equal(GroupStatus.Done, endpoint.Join(IpAddress.FromIpv4(0xef00_0000 + (uint)(round * 100) + (uint)i), null));
            Assert.Equal(GroupStatus.TooMany, endpoint.Join(s_group, null));
            Assert.Equal(GroupStatus.AlreadyIn, endpoint.Join(IpAddress.FromIpv4(0xef00_0000 + (uint)(round * 100)), null));
            endpoint.Close();
            _net.Advance(Duration.FromSeconds(2));
            endpoint = _net.Bind(7);
        }
    }

    private void JoinBoth()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        endpoint.Join(s_group, null);
        endpoint.Join(s_other, null);
        _net.Advance(Duration.FromSeconds(2));
        _net.Device.Sent.Clear();
    }

    private static byte[] Query(int version, byte code) => Sum(version == 3 ? [0x11, code, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0] : [0x11, code, 0, 0, 0, 0, 0, 0]);

    private static byte[] Sum(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~Frames.Sum(message));
        return message;
    }

    private void Ask(byte[] query, IpAddress? source = null, byte hops = 1, bool wanted = true)
    {
        byte[] frame = ToLink(Frames.Ipv4((IpProtocol)2, query, source: source, destination: Frames.Ip("224.0.0.1")));
        frame[EthernetHeader.Size + 8] = hops;
        Frames.SumHeader(frame.AsSpan(EthernetHeader.Size));
        _net.Receive(frame);
        Assert.Equal(wanted ? 0 : 1, _net.Interface.Drops[DropCause.NotForUs]);
    }

    private static byte[] ToGroup(ReadOnlySpan<byte> payload, ushort port = 7, IpAddress? group = null) =>
        ToLink(Frames.Udp(4000, port, payload, destination: group ?? s_group));

    private static byte[] ToLink(byte[] frame)
    {
        frame[0] = 1;
        return frame;
    }

    private static int HopsOf(byte[] frame) => frame[EthernetHeader.Size + 8];

    private void ExpectReport(params (byte Type, IpAddress Group)[] records)
    {
        byte[] message = ExpectMessage(0x22, Frames.Ip("224.0.0.22"));
        Assert.Equal(records.Length, BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6)));
        List<(byte, IpAddress)> seen = [];
        for (int at = 8; at < message.Length; at += 8)
        {
            Assert.Equal([0, 0, 0], message[(at + 1)..(at + 4)]);
            seen.Add((message[at], IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(at + 4)))));
        }

        Assert.Equal(records, seen);
    }

    private void ExpectElder(byte type, IpAddress group, IpAddress destination)
    {
        byte[] message = ExpectMessage(type, destination);
        Assert.Equal(8, message.Length);
        Assert.Equal(group.Ipv4, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(4)));
    }

    // A header of six words: one hop, and routers are to look at it.
    private byte[] ExpectMessage(byte type, IpAddress destination)
    {
        _net.Poll();
        byte[] frame = _net.ExpectFrame();
        ReadOnlySpan<byte> ip = frame.AsSpan(EthernetHeader.Size, 24);
        Assert.Equal((0x46, 0xc0, 1, 2), (ip[0], ip[1], ip[8], ip[9]));
        Assert.Equal([0x94, 4, 0, 0], ip[20..].ToArray());
        Assert.Equal(0xffff, Frames.Sum(ip));
        Assert.Equal(frame.Length - EthernetHeader.Size, BinaryPrimitives.ReadUInt16BigEndian(ip[2..]));
        Assert.Equal((Frames.Us.Ipv4, destination.Ipv4), (BinaryPrimitives.ReadUInt32BigEndian(ip[12..]), BinaryPrimitives.ReadUInt32BigEndian(ip[16..])));
        Assert.Equal(Ipv4Group.LinkAddress(destination), MacAddress.Read(frame));
        byte[] message = frame[(EthernetHeader.Size + 24)..];
        Assert.Equal(0xffff, Frames.Sum(message));
        Assert.Equal(type, message[0]);
        return message;
    }
}
