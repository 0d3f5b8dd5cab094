using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Xunit;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Fragments in and out (RFC 791, 3.2; RFC 1122, 3.3.2; RFC 5722).</summary>
public sealed class FragmentTests
{
    private readonly Dialogue _net = new();
    private readonly UdpEndpoint _endpoint;
    private readonly byte[] _buffer = new byte[70_000];

    public FragmentTests()
    {
        _endpoint = _net.Bind(7);
        _net.IntroducePeer();
    }

    [Property(MaxTest = 50)]
    public void DatagramIsPutTogetherFromFragmentsInAnyOrder(int seed)
    {
        Random random = new(seed);
        byte[] payload = RandomBytes(random, random.Next(1, 20_000));
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, payload), 8 * random.Next(40, 185), (ushort)seed);
        random.Shuffle(fragments);
        _net.Receive(fragments);
        AssertReceived(payload);
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(1280)]
    [InlineData(576)]
    [InlineData(296)]
    [InlineData(68)]
    public void Largest_datagram_is_put_together_at_any_MTU(int mtu)
    {
        byte[] payload = RandomBytes(new Random(mtu), UdpHeader.MaximumPayload);
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, payload), (mtu - Ipv4Header.Size) & ~7, 9);
        foreach (byte[][] order in (byte[][][])[fragments, [.. fragments.Reverse()], [.. Doubled(fragments)]])
        {
            foreach (byte[] fragment in order)
                _net.Receive(fragment);
            AssertReceived(payload, checkPool: false);
            _net.Advance(Duration.FromSeconds(31)); // what came twice behind the end began a datagram of its own
            _net.ExpectAllBuffersBack();
        }
    }

    [Property(MaxTest = 20)]
    public void ManyFragmentsInAnyOrderAreMended(int seed)
    {
        Random random = new(seed);
        byte[] payload = RandomBytes(random, random.Next(36_000, UdpHeader.MaximumPayload));
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, payload), 8 * random.Next(50, 70), (ushort)seed);
        random.Shuffle(fragments);
        foreach (byte[] fragment in fragments)
            _net.Receive(fragment);
        AssertReceived(payload);
    }

    [Property(MaxTest = 50)]
    public void FragmentsThatTheDeviceCutAreWholeAgain(int seed)
    {
        Random random = new(seed);
        byte[] payload = RandomBytes(random, random.Next(1, 9_000));
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, payload), 8 * random.Next(40, 185), (ushort)seed);
        random.Shuffle(fragments);
        foreach (byte[] fragment in fragments)
        {
            _net.Device.PieceSize = random.Next(50, 1600);
            _net.Device.Offset = random.Next(100);
            _net.Receive(fragment);
        }

        AssertReceived(payload);
    }

    [Property(MaxTest = 50)]
    public void PieceThatDiffersWithinShortFragmentsBreaksTheDatagram(int seed)
    {
        Dialogue net = new();
        UdpEndpoint endpoint = net.Bind(7);
        Random random = new(seed);
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, RandomBytes(random, 4000)), 400, 9);
        byte[] other = Frames.Ipv4(IpProtocol.Udp, RandomBytes(random, 16), id: 9, fragment: (ushort)(Ipv4Header.MoreFragments | random.Next(1, 440)));
        byte[][] others = [.. fragments[..^1], other];
        random.Shuffle(others);
        net.Receive([.. others, fragments[^1]]);
        Assert.Equal(0, endpoint.Pending);
        net.ExpectDropped(DropCause.FragmentOverlap, fragments.Length + 1);
    }

    [Fact]
    public void First_fragments_that_expire_are_released_once()
    {
        for (int i = 0; i < 100; i++)
            _net.Receive(Frames.Ipv4(IpProtocol.Udp, new byte[64], id: (ushort)i, fragment: Ipv4Header.MoreFragments));
        _net.Advance(Duration.FromSeconds(33));
        _net.Device.LinkUp = false;
        _net.Poll();
        _net.Device.LinkUp = true;
        _net.Poll();
        _net.ExpectAllBuffersBack();
        for (int i = 0; i < 5000; i++)
            _net.Receive(Frames.Ipv4(IpProtocol.Udp, new byte[64], id: (ushort)i, fragment: Ipv4Header.MoreFragments));
        _net.Device.LinkUp = false;
        _net.Poll();
        _net.ExpectAllBuffersBack();
    }

    [Property(MaxTest = 30)]
    public void InterleavedDatagramsDoNotMix(int seed)
    {
        Random random = new(seed);
        byte[][] payloads = [.. Enumerable.Range(0, 4).Select(_ => RandomBytes(random, random.Next(2000, 9000)))];
        byte[][] fragments = [.. payloads.SelectMany((payload, i) => Cut(Frames.UdpPayload((ushort)(4000 + i), 7, payload), 1480, (ushort)i))];
        random.Shuffle(fragments);
        _net.Receive(fragments);
        for (int i = 0; i < payloads.Length; i++)
        {
            Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
            Assert.Equal(payloads[receipt.SourcePort - 4000], _buffer[..receipt.Length]);
        }
    }

    [Property(MaxTest = 50)]
    public void FragmentThatOverlapsDropsTheDatagramForGood(int seed)
    {
        // The datagram's last fragment comes last: until then the overlap has shown, and after it nothing is delivered.
        Dialogue net = new();
        UdpEndpoint endpoint = net.Bind(7);
        Random random = new(seed);
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, RandomBytes(random, 8000)), 1480, 9);
        ushort offset = (ushort)random.Next(1, 180);
        byte[][] others = [.. fragments[..^1], Frames.Ipv4(IpProtocol.Udp, new byte[16], id: 9, fragment: (ushort)(Ipv4Header.MoreFragments | offset))];
        random.Shuffle(others);
        net.Receive([.. others, fragments[^1]]);
        Assert.Equal(0, endpoint.Pending);
        net.ExpectDropped(DropCause.FragmentOverlap, fragments.Length + 1);
    }

    [Fact]
    public void Fragment_that_comes_twice_is_dropped_once()
    {
        byte[] payload = RandomBytes(new Random(1), 4000);
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, payload), 1480, 9);
        _net.Receive(fragments[0], fragments[0], fragments[1], fragments[1], fragments[2]);
        AssertReceived(payload);
        Assert.Equal(2, _net.Interface.Drops[DropCause.FragmentOverlap]);
    }

    [Fact]
    public void Largest_datagram_goes_and_comes()
    {
        byte[] payload = RandomBytes(new Random(1), UdpHeader.MaximumPayload);
        Assert.Equal(SendStatus.Sent, _endpoint.Send(payload, Frames.Peer, 4000));
        List<byte[]> back = [];
        while (_net.Device.Sent.Count > 0)
        {
            SeenPacket packet = _net.ExpectIpv4();
            Assert.True(packet.Ip.TotalLength.Value <= 1500);
            back.Add(Frames.Ipv4(IpProtocol.Udp, packet.Payload, fragment: packet.Ip.FlagsAndOffset.Value, id: packet.Ip.Identification.Value));
        }

        Assert.Equal(45, back.Count);

        // Mirrored: the sums of addresses and of ports are the same both ways, so the checksum still holds.
        byte[] first = back[0];
        (first[34], first[35], first[36], first[37]) = (first[36], first[37], first[34], first[35]);
        _net.Receive([.. back]);
        AssertReceived(payload);
    }

    [Fact]
    public void Fragments_of_a_datagram_share_their_identification_and_the_last_says_so()
    {
        _endpoint.Send(new byte[3000], Frames.Peer, 4000);
        SeenPacket[] packets = [_net.ExpectIpv4(), _net.ExpectIpv4(), _net.ExpectIpv4()];
        _net.ExpectNothing();
        Assert.Equal([0, 1480, 2960], packets.Select(p => p.Ip.FragmentOffset));
        Assert.Equal([true, true, false], packets.Select(p => p.Ip.HasMoreFragments));
        Assert.Single(packets.Select(p => p.Ip.Identification).Distinct());
        Assert.Equal(3000, Frames.ReadUdp([.. packets.SelectMany(p => p.Payload)], Frames.Us, Frames.Peer).Payload.Length);
        _endpoint.Send("next"u8, Frames.Peer, 4000);
        Assert.NotEqual(packets[0].Ip.Identification, _net.ExpectIpv4().Ip.Identification);
    }

    [Fact]
    public void Datagram_beyond_65507_bytes_is_refused() =>
        Assert.Equal(SendStatus.TooLong, _endpoint.Send(new byte[UdpHeader.MaximumPayload + 1], Frames.Peer, 4000));

    [Fact]
    public void Large_echo_is_answered_in_fragments()
    {
        byte[] request = Frames.IcmpPayload(IcmpType.EchoRequest, 0, 77, RandomBytes(new Random(1), 5000));
        byte[] expected = Frames.IcmpPayload(IcmpType.EchoReply, 0, 77, request.AsSpan(8));
        _net.Receive(Cut(request, 1480, 3, IpProtocol.Icmp));
        List<byte> reply = [];
        while (_net.Device.Sent.Count > 0)
        {
            SeenPacket packet = _net.ExpectIpv4();
            Assert.Equal(reply.Count, packet.Ip.FragmentOffset);
            reply.AddRange(packet.Payload);
        }

        Assert.Equal(expected, reply);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Incomplete_datagram_is_given_up_after_thirty_seconds_and_its_sender_told()
    {
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, new byte[4000]), 1480, 9);
        _net.Receive(fragments[0], fragments[1]);
        _net.Advance(Duration.FromSeconds(29));
        _net.ExpectNothing();
        Assert.Equal(_net.Pool.Count - 2, _net.Pool.Available);
        _net.IntroducePeer();
        _net.Advance(Duration.FromSeconds(1));
        SeenPacket error = _net.ExpectIpv4();
        Assert.Equal(((byte)IcmpType.TimeExceeded, (byte)1), (error.Payload[0], error.Payload[1]));
        Assert.Equal(fragments[0].AsSpan(14, 28).ToArray(), error.Payload[8..36]);
        Assert.Equal(2, _net.Interface.Drops[DropCause.ReassemblyTimeout]);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Without_its_beginning_nobody_is_told()
    {
        _net.Receive(Cut(Frames.UdpPayload(4000, 7, new byte[4000]), 1480, 9)[1]);
        _net.Advance(Duration.FromSeconds(31));
        Assert.Equal(1, _net.Interface.Drops[DropCause.ReassemblyTimeout]);
        Assert.DoesNotContain(_net.Device.Sent, frame => frame[12] == 8 && frame[13] == 0);
    }

    [Fact]
    public void Flood_of_fragments_is_bounded()
    {
        for (int i = 0; i < 5000; i++)
            _net.Receive(Frames.Ipv4(IpProtocol.Udp, new byte[8], id: (ushort)(i / 60), fragment: (ushort)(Ipv4Header.MoreFragments | (i % 60 * 2))));
        Assert.True(_net.Pool.Count - _net.Pool.Available <= _net.Pool.Count / 4);
        Assert.True(_net.Interface.Drops[DropCause.ReassemblyFull] > 4000);
        byte[] payload = RandomBytes(new Random(1), 9000);
        _net.Receive(Cut(Frames.UdpPayload(4000, 7, payload), 1480, 0xffff));
        AssertReceived(payload, checkPool: false);
    }

    // Every host's first fragment comes before anybody's second, and so on, as on a link on which all of them send at once.
    [Theory]
    [InlineData(200, 2_000, 200)]
    [InlineData(50, 65_000, 2)]
    [InlineData(20, 65_000, 2)]
    [InlineData(5, 65_000, 5)]
    public void Datagrams_of_many_hosts_that_come_at_once_are_mended_as_far_as_there_is_room(int hosts, int length, int least)
    {
        Dialogue net = new(buffers: 1024);
        UdpEndpoint endpoint = net.Bind(7);
        byte[] payload = RandomBytes(new Random(hosts), length);
        byte[][][] datagrams = [.. Enumerable.Range(0, hosts).Select(host => Cut(Frames.UdpPayload(4000, 7, payload), 1480, (ushort)host))];
        int received = 0;
        for (int i = 0; i < datagrams[0].Length; i++)
        {
            foreach (byte[][] fragments in datagrams)
            {
                net.Receive(fragments[i]);
                while (endpoint.TryReceive(_buffer, out UdpReceipt receipt))
                {
                    Assert.Equal(payload, _buffer[..receipt.Length]);
                    received++;
                }
            }
        }

        Assert.InRange(received, least, hosts);
        net.Advance(Duration.FromSeconds(31));
        Assert.Equal(net.Pool.Count, net.Pool.Available);
    }

    [Fact]
    public void What_has_stalled_goes_before_what_is_still_coming()
    {
        byte[] payload = RandomBytes(new Random(2), 40_000);
        byte[][] fragments = Cut(Frames.UdpPayload(4000, 7, payload), 1480, 0xffff);
        _net.Receive(fragments[0]);
        for (int i = 1; i < fragments.Length; i++)
        {
            for (int other = 0; other < 100; other++)
                _net.Receive(Cut(Frames.UdpPayload(4000, 7, new byte[3000]), 1480, (ushort)((i * 100) + other))[0]);
            _net.Advance(Duration.FromMilliseconds(60));
            _net.Receive(fragments[i]);
        }

        AssertReceived(payload, checkPool: false);
    }

    [Theory]
    [InlineData(7, Ipv4Header.MoreFragments)]
    [InlineData(0, Ipv4Header.MoreFragments)]
    [InlineData(100, 8191)]
    public void Impossible_fragment_is_malformed(int length, int flagsAndOffset)
    {
        _net.Receive(Frames.Ipv4(IpProtocol.Udp, new byte[length], fragment: (ushort)flagsAndOffset));
        _net.ExpectDropped(DropCause.Malformed);
    }

    private void AssertReceived(byte[] payload, bool checkPool = true)
    {
        Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(payload.Length, receipt.DatagramLength);
        Assert.Equal(payload, _buffer[..receipt.Length]);
        if (checkPool)
            Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    private static IEnumerable<byte[]> Doubled(byte[][] fragments) => fragments.SelectMany(fragment => (byte[][])[fragment, fragment]);

    private static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    internal static byte[][] Cut(byte[] datagram, int size, ushort id, IpProtocol protocol = IpProtocol.Udp)
    {
        List<byte[]> fragments = [];
        for (int at = 0; at < datagram.Length; at += size)
        {
            int part = Math.Min(size, datagram.Length - at);
            int more = at + part < datagram.Length ? Ipv4Header.MoreFragments : 0;
            fragments.Add(Frames.Ipv4(protocol, datagram.AsSpan(at, part), id: id, fragment: (ushort)(more | (at / 8))));
        }

        return [.. fragments];
    }
}
