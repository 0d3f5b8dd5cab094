using System;
using System.Collections.Generic;
using System.Net;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;
using PacketDotNet;
using ArpOperation = PacketDotNet.ArpOperation;
using ArpPacket = PacketDotNet.ArpPacket;

namespace Guest.Net.Oracle.Tests;

/// <summary>The stack in front of an implementation of the formats that is not ours (<see cref="Oracle"/>): what that builds is understood, what the
/// stack sends it takes for the same, and so it does what the other tests build.</summary>
public sealed class OracleTests
{
    private readonly Dialogue _net = new();

    public static TheoryData<int> Sizes => [0, 1, 2, 17, 18, 100, 1471, 1472];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_datagram_of_others_is_understood_and_its_answer_is_understood_by_them(int size)
    {
        byte[] payload = Random(size);
        UdpEndpoint endpoint = Introduced();

        _net.Receive(Oracle.Udp(4000, 7, payload));
        byte[] buffer = new byte[2000];
        Assert.True(endpoint.TryReceive(buffer, out UdpReceipt receipt));
        Assert.Equal(payload, buffer[..receipt.Length]);
        Assert.Equal((Frames.Peer, 4000), (receipt.Source, receipt.SourcePort));
        endpoint.Send(payload, receipt.Source, receipt.SourcePort);
        _net.Poll();

        UdpPacket sent = Oracle.Read<UdpPacket>(_net.ExpectFrame());
        Assert.Equal((7, 4000, size + 8), (sent.SourcePort, sent.DestinationPort, sent.Length));
        Assert.Equal(payload, sent.PayloadData ?? []);
        IPv4Packet ip = (IPv4Packet)sent.ParentPacket;
        Assert.Equal((IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1"), 64), (ip.SourceAddress, ip.DestinationAddress, ip.TimeToLive));
    }

    [Fact]
    public void A_request_of_others_for_our_address_is_answered_as_they_expect()
    {
        _net.Receive(Oracle.Arp("02-00-00-00-00-01", "10.0.0.1", "10.0.0.2"));

        ArpPacket reply = Oracle.Read<ArpPacket>(_net.ExpectFrame());
        Assert.Equal(ArpOperation.Response, reply.Operation);
        Assert.Equal((IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1")), (reply.SenderProtocolAddress, reply.TargetProtocolAddress));
        Assert.Equal(("020000000002", "020000000001"), (reply.SenderHardwareAddress.ToString(), reply.TargetHardwareAddress.ToString()));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_ping_of_others_is_answered_as_they_expect(int size)
    {
        byte[] data = Random(size);
        _net.IntroducePeer();

        _net.Receive(Oracle.Ping(0x1234, 7, data));

        IcmpV4Packet reply = Oracle.Read<IcmpV4Packet>(_net.ExpectFrame());
        Assert.Equal((IcmpV4TypeCode.EchoReply, 0x1234, 7), (reply.TypeCode, reply.Id, reply.Sequence));
        Assert.Equal(data, reply.Bytes[8..]);
    }

    [Fact]
    public void A_port_that_nobody_has_is_reported_as_they_expect()
    {
        _net.IntroducePeer();

        _net.Receive(Oracle.Udp(4000, 9, Random(20)));

        Assert.Equal(IcmpV4TypeCode.UnreachablePort, Oracle.Read<IcmpV4Packet>(_net.ExpectFrame()).TypeCode);
    }

    [Fact]
    public void Fragments_are_what_they_take_for_fragments_of_one_datagram()
    {
        byte[] payload = Random(4000);
        UdpEndpoint endpoint = Introduced();

        endpoint.Send(payload, Frames.Peer, 4000);
        _net.Poll();

        List<byte> whole = [];
        int id = -1;
        while (_net.Device.Sent.TryDequeue(out byte[]? frame))
        {
            IPv4Packet fragment = Oracle.Read<IPv4Packet>(frame);
            id = id < 0 ? fragment.Id : id;
            Assert.Equal((id, whole.Count), (fragment.Id, fragment.FragmentOffset * 8));
            Assert.Equal(_net.Device.Sent.Count == 0 ? 0 : 1, fragment.FragmentFlags);
            whole.AddRange(frame[(14 + (fragment.HeaderLength * 4))..]);
        }

        Assert.Equal(Oracle.Udp(7, 4000, payload, "10.0.0.2", "10.0.0.1")[34..], whole);
    }

    [Fact]
    public void Fragments_of_others_are_put_together()
    {
        byte[] payload = Random(3000);
        UdpEndpoint endpoint = Introduced();
        byte[] datagram = Oracle.Udp(4000, 7, payload)[34..];

        for (int at = 0; at < datagram.Length; at += 1480)
            _net.Receive(Fragment(datagram, at, Math.Min(1480, datagram.Length - at)));

        byte[] buffer = new byte[4000];
        Assert.True(endpoint.TryReceive(buffer, out UdpReceipt receipt));
        Assert.Equal(payload, buffer[..receipt.Length]);
    }

    [Fact]
    public void A_lease_is_asked_for_in_what_they_take_for_a_datagram_to_everyone()
    {
        Dialogue net = new(configuration: InterfaceConfiguration.FromDhcp);
        net.Poll();

        DhcpV4Packet question = Oracle.Read<DhcpV4Packet>(net.ExpectFrame());

        UdpPacket udp = (UdpPacket)question.ParentPacket;
        IPv4Packet ip = (IPv4Packet)udp.ParentPacket;
        Assert.Equal((68, 67), (udp.SourcePort, udp.DestinationPort));
        Assert.Equal((IPAddress.Any, IPAddress.Broadcast), (ip.SourceAddress, ip.DestinationAddress));
        Assert.Equal((DhcpV4Operation.BootRequest, "020000000002"), (question.Operation, question.ClientHardwareAddress.ToString()));
        Assert.Equal(DhcpV4MessageType.Discover, question.MessageType);
    }

    [Fact]
    public void A_connection_of_others_is_answered_as_they_expect()
    {
        _net.IntroducePeer();
        TcpListenEndpoint listener = _net.Stack.CreateTcpListenEndpoint();
        listener.Bind(IpAddress.AnyIpv4, 7);
        listener.Listen(1);

        _net.Receive(Oracle.Tcp(4000, 7, 1000, 0, isSyn: true, []));
        TcpPacket answer = Oracle.Read<TcpPacket>(_net.ExpectFrame());
        Assert.Equal((7, 4000, 1001u, true, true), (answer.SourcePort, answer.DestinationPort, answer.AcknowledgmentNumber, answer.Synchronize, answer.Acknowledgment));
        _net.Receive(Oracle.Tcp(4000, 7, 1001, answer.SequenceNumber + 1, isSyn: false, "hello"u8.ToArray()));
        TcpEndpoint connection = listener.TryAccept()!;
        byte[] buffer = new byte[10];
        connection.Send(buffer.AsSpan(0, connection.Receive(buffer)));

        TcpPacket echo = Oracle.Read<TcpPacket>(_net.ExpectFrame());
        Assert.Equal((answer.SequenceNumber + 1, 1006u, true), (echo.SequenceNumber, echo.AcknowledgmentNumber, echo.Push));
        Assert.Equal("hello"u8.ToArray(), echo.PayloadData);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void What_the_other_tests_build_is_what_they_would_build(int size)
    {
        byte[] payload = Random(size);

        Assert.Equal(Oracle.Udp(4000, 7, payload), Frames.Udp(4000, 7, payload));
        Assert.Equal(Oracle.Ping(0x1234, 7, payload), Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 0x1234_0007, payload)));
        Assert.Equal(
            Oracle.Arp("02-00-00-00-00-01", "10.0.0.1", "10.0.0.2"),
            Frames.Arp(Guest.Net.Wire.ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
    }

    private static byte[] Fragment(byte[] datagram, int at, int length)
    {
        IPv4Packet ip = new(IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"))
        {
            Protocol = ProtocolType.Udp,
            TimeToLive = 64,
            Id = 77,
            FragmentOffset = at / 8,
            FragmentFlags = (ushort)(at + length < datagram.Length ? 1 : 0),
            PayloadData = datagram[at..(at + length)],
        };
        ip.UpdateCalculatedValues();
        ip.UpdateIPChecksum();
        EthernetPacket frame = new(
            System.Net.NetworkInformation.PhysicalAddress.Parse("02-00-00-00-00-01"), System.Net.NetworkInformation.PhysicalAddress.Parse("02-00-00-00-00-02"), EthernetType.IPv4)
        {
            PayloadPacket = ip,
        };
        return frame.Bytes;
    }

    private static byte[] Random(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private UdpEndpoint Introduced()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        return endpoint;
    }
}
