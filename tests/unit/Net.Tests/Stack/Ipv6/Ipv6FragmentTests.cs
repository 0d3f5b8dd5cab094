using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Fragments of IPv6 in and out (RFC 8200, 4.5; RFC 5722; RFC 6946; RFC 7112).</summary>
public sealed class Ipv6FragmentTests
{
    private readonly Ipv6Dialogue _link = new();
    private readonly UdpEndpoint _endpoint;
    private readonly byte[] _buffer = new byte[70_000];

    public Ipv6FragmentTests()
    {
        _endpoint = _link.Bind(7);
        _link.IntroducePeer();
    }

    private Dialogue Net => _link.Net;

    [Property(MaxTest = 50)]
    public void ADatagramIsPutTogetherInAnyOrder(int seed)
    {
        Random random = new(seed);
        byte[] payload = RandomBytes(random, random.Next(1, 20_000));
        byte[][] fragments = Cut(Datagram(payload), 8 * random.Next(40, 181), (uint)seed);
        random.Shuffle(fragments);
        Net.Receive(fragments);
        ExpectReceived(payload);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void The_largest_datagram_goes_both_ways()
    {
        byte[] payload = RandomBytes(new Random(1), 65_527);
        Net.Receive(Cut(Datagram(payload), 1448, 5));
        ExpectReceived(payload);
        Assert.Equal(SendStatus.Sent, _endpoint.Send(payload, Ipv6Frames.Peer, 4000));
        Assert.Equal(SendStatus.TooLong, _endpoint.Send(new byte[65_528], Ipv6Frames.Peer, 4000));
        byte[] datagram = PutTogether(_link.Sent());
        Assert.Equal(payload, datagram[8..]);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Fragments_that_overlap_are_dropped_with_all_that_comes_of_the_datagram()
    {
        byte[] datagram = Datagram(RandomBytes(new Random(2), 3000));
        byte[][] fragments = Cut(datagram, 1000, 6);
        Net.Receive(fragments[0]);
        Net.Receive(Fragment(datagram.AsSpan(992, 800), 992, true, 6));
        Net.Receive(fragments[1..]);
        Assert.False(_endpoint.TryReceive(_buffer, out _));
        Assert.True(Net.Interface.Drops[DropCause.FragmentOverlap] >= 4);
        Net.Advance(Duration.FromSeconds(31));
        _link.Sent();
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_datagram_of_one_fragment_is_not_mixed_with_others()
    {
        byte[] whole = Datagram("alone"u8);
        byte[][] others = Cut(Datagram(RandomBytes(new Random(3), 2000)), 1000, 9);
        Net.Receive(others[0]);
        Net.Receive(Fragment(whole, 0, false, 9));
        ExpectReceived("alone"u8);
        Net.Receive(others[1..]);
        Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(2000, receipt.Length);
    }

    [Fact]
    public void Versions_of_IP_are_not_mixed()
    {
        byte[] six = Datagram(RandomBytes(new Random(4), 2000));
        Net.Receive(Cut(six, 1000, 1)[0]);
        Net.Receive(Frames.Ipv4(IpProtocol.Udp, six.AsSpan(1000), id: 1, fragment: 1000 / 8));
        Assert.False(_endpoint.TryReceive(_buffer, out _));
        Net.Receive(Cut(six, 1000, 1)[1..]);
        Assert.True(_endpoint.TryReceive(_buffer, out _));
    }

    [Fact]
    public void What_does_not_come_in_time_is_told_of()
    {
        byte[] datagram = Datagram(RandomBytes(new Random(5), 2000));
        Net.Receive(Cut(datagram, 1000, 8)[0]);
        Net.Advance(Duration.FromSeconds(31));
        SeenIpv6Packet error = Assert.Single(_link.Sent(3));
        Assert.Equal(1, error.Payload[1]);
        Assert.Equal(datagram[..1000], error.Payload[(8 + 40 + 8)..]);
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_middle_of_odd_length_is_told_of()
    {
        Net.Receive(Fragment(new byte[1001], 0, true, 1));
        ExpectProblem(code: 0, at: 4);
    }

    [Fact]
    public void A_datagram_that_would_be_too_long_is_told_of()
    {
        Net.Receive(Fragment(new byte[1000], 65_528, false, 1));
        ExpectProblem(code: 0, at: 42);
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("headers only")]
    public void A_first_fragment_without_all_headers_is_told_of(string how)
    {
        Net.Receive(how == "tiny"
            ? Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, Ipv6Frames.Fragment, [.. Ipv6Frames.FragmentHeader(Ipv6Frames.DestinationOptions, 0, true, 1), Ipv6Frames.Udp, 2, 0, 0, 0, 0, 0, 0])
            : Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, Ipv6Frames.Fragment, [.. Ipv6Frames.FragmentHeader(Ipv6Frames.DestinationOptions, 0, true, 1), Ipv6Frames.Udp, 0, 0, 0, 0, 0, 0, 0]));
        ExpectProblem(code: 3, at: 0);
    }

    [Fact]
    public void A_fragment_in_a_fragment_is_refused()
    {
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, Ipv6Frames.Fragment,
            [.. Ipv6Frames.FragmentHeader(Ipv6Frames.Fragment, 0, false, 1), .. Ipv6Frames.FragmentHeader(Ipv6Frames.Udp, 0, false, 2), .. Datagram("x"u8)]));
        Assert.False(_endpoint.TryReceive(_buffer, out _));
        _link.Sent();
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_flood_of_first_fragments_is_bounded()
    {
        for (uint i = 0; i < 5000; i++)
            Net.Receive(Fragment(new byte[1000], 0, true, i));
        Assert.True(Net.Pool.Available > Net.Pool.Count / 4);
        Net.Advance(Duration.FromSeconds(31));
        _link.Sent();
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_long_echo_comes_back_in_fragments()
    {
        byte[] body = [1, 2, 3, 4, .. RandomBytes(new Random(6), 5000)];
        byte[] message = Ipv6Frames.Message(Ipv6Frames.Peer, _link.Us, Ipv6Frames.EchoRequest, 0, body);
        Net.Receive(Cut(message, 1448, 3, Ipv6Frames.Icmp));
        byte[] reply = PutTogether(_link.Sent());
        Assert.Equal(Ipv6Frames.EchoReply, reply[0]);
        Assert.Equal(body, reply[4..]);
        Assert.Equal(0xffff, Ipv6Frames.Sum(_link.Us, Ipv6Frames.Peer, Ipv6Frames.Icmp, reply));
        Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Neighbour_discovery_in_fragments_is_not_heard()
    {
        byte[] body = [0, 0, 0, 0, .. Ipv6Frames.Bytes(_link.Us), .. Ipv6Frames.LinkOption(1, Frames.PeerLink)];
        IpAddress group = Ipv6Frames.SolicitedNode(_link.Us);
        byte[] message = Ipv6Frames.Message(Ipv6Frames.Peer, group, Ipv6Frames.NeighbourSolicitation, 0, body);
        Net.Receive(Ipv6Frames.Packet(Ipv6Frames.Peer, group, Ipv6Frames.Fragment, [.. Ipv6Frames.FragmentHeader(Ipv6Frames.Icmp, 0, false, 4), .. message], hops: 255));
        _link.ExpectDropped(DropCause.Malformed);
    }

    private void ExpectReceived(ReadOnlySpan<byte> payload)
    {
        Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(payload, _buffer.AsSpan(0, receipt.Length));
    }

    private void ExpectProblem(byte code, uint at)
    {
        SeenIpv6Packet error = _link.ExpectIcmp(4);
        Assert.Equal((code, at), (error.Payload[1], BinaryPrimitives.ReadUInt32BigEndian(error.Payload.AsSpan(4))));
        Net.ExpectAllBuffersBack();
    }

    private byte[] Datagram(ReadOnlySpan<byte> payload) => Ipv6Frames.UdpDatagram(Ipv6Frames.Peer, _link.Us, 4000, 7, payload);

    private byte[] Fragment(ReadOnlySpan<byte> part, int offset, bool more, uint id, byte next = Ipv6Frames.Udp) =>
        Ipv6Frames.Packet(Ipv6Frames.Peer, _link.Us, Ipv6Frames.Fragment, [.. Ipv6Frames.FragmentHeader(next, offset, more, id), .. part]);

    private byte[][] Cut(byte[] datagram, int size, uint id, byte next = Ipv6Frames.Udp)
    {
        List<byte[]> fragments = [];
        for (int at = 0; at < datagram.Length; at += size)
        {
            int length = Math.Min(size, datagram.Length - at);
            fragments.Add(Fragment(datagram.AsSpan(at, length), at, at + length < datagram.Length, id, next));
        }

        return [.. fragments];
    }

    // Reads fragments as RFC 8200, 4.5 has them: all but the last in multiples of eight bytes, one identification, no packet longer than the link takes.
    private static byte[] PutTogether(List<SeenIpv6Packet> fragments)
    {
        Assert.All(fragments, fragment => Assert.Equal(Ipv6Frames.Fragment, fragment.NextHeader));
        Assert.All(fragments, fragment => Assert.True(fragment.Payload.Length <= 1500 - 40));
        Assert.Single(fragments.Select(fragment => BinaryPrimitives.ReadUInt32BigEndian(fragment.Payload.AsSpan(4))).Distinct());
        List<byte> whole = [];
        for (int i = 0; i < fragments.Count; i++)
        {
            int offsetAndMore = BinaryPrimitives.ReadUInt16BigEndian(fragments[i].Payload.AsSpan(2));
            Assert.Equal(whole.Count, offsetAndMore & ~7);
            Assert.Equal(i < fragments.Count - 1 ? 1 : 0, offsetAndMore & 7);
            whole.AddRange(fragments[i].Payload[8..]);
        }

        return [.. whole];
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
