using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 5961, 4987, 5927, 7323: what those get who do not see a connection, or want to use this host up.</summary>
public sealed class AttackTests
{
    private readonly TcpDialogue _peer = new();

    [Fact]
    public void RFC_5961_a_reset_that_is_in_the_window_but_not_exact_is_challenged()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("R", 2);

        _peer.Expect("A", 1, 1);
        Assert.Equal(TcpState.Established, connection.State);
        _peer.Send("R", 1);
        Assert.Equal(TcpError.Reset, connection.Error);
    }

    [Fact]
    public void RFC_5961_a_reset_out_of_the_window_is_dropped()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("R", 0);
        _peer.Send("R", 1_000_000);

        _peer.ExpectNothing();
        Assert.Equal(TcpState.Established, connection.State);
    }

    [Fact]
    public void RFC_5961_a_SYN_in_a_connection_is_challenged()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("S", 5);

        _peer.Expect("A", 1, 1);
        Assert.Equal(TcpState.Established, connection.State);
    }

    [Fact]
    public void RFC_5961_data_with_an_acknowledgement_that_cannot_be_is_challenged_and_dropped()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("PA", 1, 2, "injected");
        _peer.Expect("A", 1, 1);
        _peer.Send("PA", 1, 0x8000_0000, "injected");

        Assert.Equal(0, connection.Available);
    }

    [Fact]
    public void Challenges_are_rare()
    {
        _peer.Accept();

        for (int i = 0; i < 100; i++)
            _peer.Send("R", 5);

        _peer.Expect("A", 1, 1);
        _peer.ExpectNothing();
        _peer.Advance(600);
        _peer.Send("R", 5);
        _peer.Expect("A", 1, 1);
        Assert.Equal(99, _peer.Counters.ChallengesHeldBack);
    }

    [Fact]
    public void PAWS_a_segment_with_an_older_timestamp_is_dropped()
    {
        _peer.Options = TcpDialogue.Timestamps(1000, 0);
        _peer.Accept(65535, _peer.Options);

        _peer.Send("PA", 1, 1, "old", options: TcpDialogue.Timestamps(999, 0));
        Assert.Equal(0, _peer.Endpoint.Available);
        Assert.Equal(1000u, _peer.Expect("A", 1, 1).Timestamps!.Value.Echo);
        _peer.Send("PA", 1, 1, "new", options: TcpDialogue.Timestamps(1001, 0));
        Assert.Equal("new", _peer.Hear());
        _peer.Advance(50);
        Assert.Equal(1001u, _peer.Expect("A", 1, 4).Timestamps!.Value.Echo);
    }

    [Fact]
    public void A_segment_without_the_timestamps_that_were_agreed_is_dropped()
    {
        _peer.Options = TcpDialogue.Timestamps(1000, 0);
        _peer.Accept(65535, _peer.Options);

        _peer.Send("PA", 1, 1, "x", options: []);

        _peer.ExpectNothing();
        Assert.Equal(0, _peer.Endpoint.Available);
    }

    [Fact]
    public void A_flood_of_SYNs_takes_bounded_memory_and_clients_are_served()
    {
        _peer.Listen(backlog: 128);
        Flood(2000); // all records are made
        long before = GC.GetAllocatedBytesForCurrentThread();
        long atFlood = 0;
        for (int round = 0; round < 10; round++)
        {
            atFlood -= GC.GetAllocatedBytesForCurrentThread();
            _peer.Net.Device.Discards = true;
            FloodQuietly(1000);
            _peer.Net.Device.Discards = false;
            atFlood += GC.GetAllocatedBytesForCurrentThread();
            _peer.PeerPort = (ushort)(20_000 + round);
            TcpEndpoint served = _peer.Accept(65535, TcpDialogue.Mss(1400));
            _peer.Send("PA", 1, 1, "served?");
            Assert.Equal("served?", _peer.Hear());
            served.Abort();
            _peer.Net.Poll();
            _peer.Net.Device.Sent.Clear();
        }

        Assert.True(_peer.Counters.CookiesSent > 10_000);
        Assert.Equal(10, _peer.Counters.CookiesRedeemed);

        // A collection in between counts what is left of the thread's allocation context as taken, up to 8 KiB; an object for each of 10,000 SYNs would be 240,000 bytes at the least.
        Assert.True(before > 0 && atFlood < 80_000, $"the flood took {atFlood} bytes");
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_cookie_keeps_what_the_client_can()
    {
        _peer.Listen();
        Flood(600);
        byte[] stamp = TcpDialogue.Timestamps(5000, 0);
        _peer.PeerPort = 30_000;
        _peer.Send("S", 0, options: TcpDialogue.Concat(TcpDialogue.Mss(1460), TcpDialogue.SackPermitted, stamp, TcpDialogue.Shift(7)));
        SeenSegment answer = _peer.ExpectRaw();
        _peer.Initial = answer.Sequence;
        Assert.True(answer.PermitsSack);
        Assert.NotNull(answer.WindowShift);
        _peer.Options = TcpDialogue.Timestamps(5001, answer.Timestamps!.Value.Value);

        _peer.Send("A", 1, 1, window: 1000);

        _peer.Endpoint = _peer.Listener.TryAccept()!;
        _peer.SayBytes(50_000);
        SeenSegment first = _peer.ExpectLength("A", 1, 1448);
        Assert.Equal(5001u, first.Timestamps!.Value.Echo);
        Assert.True((int)(first.Timestamps.Value.Value - answer.Timestamps.Value.Value) >= 0, "timestamps went back");
        Assert.Equal(9, _peer.Net.Device.Sent.Count); // the peer's window is 1,000 << 7
        _peer.Send("A", 3, 1, "xx");
        Assert.Equal(9 + 1, _peer.Net.Device.Sent.Count);
    }

    [Fact]
    public void A_cookie_is_good_for_a_while_only()
    {
        _peer.Listen();
        Flood(600);
        _peer.PeerPort = 30_000;
        _peer.Send("S", 0);
        _peer.Initial = _peer.ExpectRaw().Sequence;
        _peer.Advance(140_000);
        _peer.Net.Device.Sent.Clear();
        Flood(600);

        _peer.PeerPort = 30_000;
        _peer.Send("A", 1, 1);

        Assert.Equal("R", _peer.ExpectRaw().Flags);
        Assert.Equal(0, _peer.Listener.Pending);
    }

    [Fact]
    public void An_acknowledgement_that_nobody_asked_for_opens_nothing()
    {
        _peer.Listen();
        Flood(600);
        for (uint i = 0; i < 200; i++)
        {
            _peer.PeerPort = (ushort)(40_000 + i);
            _peer.Send("A", 1, (i * 0x0123_4567) + 1);
        }

        Assert.Equal(0, _peer.Listener.Pending);
    }

    [Fact]
    public void A_peer_that_sends_a_byte_at_a_time_does_not_take_a_page_for_each()
    {
        TcpEndpoint connection = _peer.Accept();
        int before = _peer.Net.Pool.KeepRoom;

        for (uint i = 0; i < 1000; i++)
            _peer.Send("A", 1 + i, 1, "x");

        Assert.Equal(1000, connection.Available);
        Assert.Equal(1, before - _peer.Net.Pool.KeepRoom);
    }

    [Fact]
    public void A_receive_queue_that_nobody_reads_leaves_room_for_others()
    {
        _peer.Listen().ReceiveBufferSize = 1024 * 1024;
        TcpEndpoint greedy = _peer.Accept(65535, TcpDialogue.Shift(7));
        for (uint i = 0; i < 500; i++)
        {
            _peer.Send("A", 1 + (i * 1460), 1, new byte[1460]);
            _peer.Net.Device.Sent.Clear();
        }

        _peer.PeerPort++;
        TcpEndpoint modest = _peer.Accept();
        _peer.Send("PA", 1, 1, "room?");
        Assert.Equal("room?", _peer.Hear());
        _peer.Say("yes");
        _peer.Expect("PA", 1, 6, "yes");
        Assert.True(_peer.Net.Pool.KeepRoom > 0);
        Assert.True(_peer.Counters.NoRoom > 0);

        greedy.Abort();
        modest.Abort();
        _peer.Net.Poll();
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Early_segments_with_gaps_leave_room_for_others()
    {
        TcpEndpoint connection = _peer.Accept();

        for (uint i = 0; i < 5000; i++)
        {
            _peer.Send("A", 3 + (i * 2), 1, "x");
            _peer.Net.Device.Sent.Clear();
        }

        Assert.True(_peer.Net.Pool.KeepRoom >= _peer.Net.Pool.KeepLimit / 4);
        connection.Abort();
        _peer.Net.Poll();
        _peer.Net.Device.Sent.Clear();
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_router_that_says_that_packets_are_too_long_is_believed_within_reason()
    {
        _peer.Accept(65535, TcpDialogue.Mss(1460));
        _peer.SayBytes(2920);
        SeenSegment first = _peer.ExpectLength("A", 1, 1460);
        _peer.ExpectLength("PA", 1461, 1460);

        TellTooLong(first, mtu: 1400);

        _peer.ExpectLength("A", 1, 1360);
        _peer.ExpectLength("A", 1361, 100);
        _peer.ExpectLength("A", 1461, 1360);
        _peer.ExpectLength("PA", 2821, 100);
        Assert.Equal(1, _peer.Counters.PathReductions);

        TellTooLong(first, mtu: 68);
        Assert.Equal(536, _peer.ExpectRaw().Payload.Length);
    }

    [Fact]
    public void A_router_that_does_not_say_how_long_gets_the_next_usual_length()
    {
        _peer.Accept(65535, TcpDialogue.Mss(1460));
        _peer.SayBytes(1460);
        SeenSegment first = _peer.ExpectLength("PA", 1, 1460);

        TellTooLong(first, mtu: 0);

        Assert.Equal(1492 - 40, _peer.ExpectRaw().Payload.Length);
    }

    [Fact]
    public void A_message_about_a_segment_that_is_not_outstanding_is_not_believed()
    {
        _peer.Accept(65535, TcpDialogue.Mss(1460));
        _peer.SayBytes(2920);
        SeenSegment first = _peer.ExpectLength("A", 1, 1460);
        _peer.ExpectLength("PA", 1461, 1460);

        TellTooLong(first with { Sequence = first.Sequence + 5000 }, mtu: 600);
        TellTooLong(first with { Sequence = first.Sequence - 1 }, mtu: 600);

        _peer.ExpectNothing();
        Assert.Equal(0, _peer.Counters.PathReductions);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void MUST_56_a_message_that_a_host_is_unreachable_ends_no_connection(byte code)
    {
        TcpEndpoint connection = _peer.Accept();
        _peer.Say("x");
        SeenSegment sent = _peer.Expect("PA", 1, 1, "x");

        Tell(code, sent, 0);

        Assert.Equal(TcpState.Established, connection.State);
    }

    [Fact]
    public void A_path_that_swallows_long_packets_is_found_out()
    {
        _peer.Accept(65535, TcpDialogue.Mss(1460));
        _peer.SayBytes(1460);
        _peer.ExpectLength("PA", 1, 1460);
        int shortest = 1460;
        for (int i = 0; i < 200 && shortest == 1460; i++)
        {
            _peer.Advance(100);
            while (_peer.Net.Device.Sent.Count != 0)
                shortest = Math.Min(shortest, _peer.ExpectRaw().Payload.Length);
        }

        Assert.Equal(730, shortest);
    }

    private void TellTooLong(SeenSegment about, ushort mtu) => Tell((byte)IcmpUnreachable.FragmentationNeeded, about, mtu);

    private void Tell(byte code, SeenSegment about, uint rest)
    {
        byte[] packet = Frames.Ipv4(IpProtocol.Tcp, about.Write(), Frames.Us, Frames.Peer)[14..];
        _peer.Net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.DestinationUnreachable, code, rest, packet.AsSpan(0, 28))));
    }

    private void Flood(int count)
    {
        FloodQuietly(count);
        _peer.AnswerArp();
        _peer.Net.Device.Sent.Clear();
    }

    private byte[]? _syn;
    private uint _floods;

    // Nothing here allocates, so that a test can see what the stack does.
    private void FloodQuietly(int count)
    {
        _syn ??= _peer.Frame("S", 0, 0, []);
        for (int i = 0; i < count; i++)
        {
            uint port = ++_floods % 60_000;
            _syn[34] = (byte)(port >> 8);
            _syn[35] = (byte)port;
            _syn[14 + 20 + 16] = _syn[14 + 20 + 17] = 0;
            ushort sum = (ushort)~Frames.TransportSum(IpProtocol.Tcp, _syn.AsSpan(34), Frames.Peer, Frames.Us);
            _syn[14 + 20 + 16] = (byte)(sum >> 8);
            _syn[14 + 20 + 17] = (byte)sum;
            _peer.Net.Device.Inject(_syn);
            _peer.Net.Pass();
        }
    }
}
