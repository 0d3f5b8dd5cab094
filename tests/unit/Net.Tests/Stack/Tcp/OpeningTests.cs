using System;
using System.Collections.Generic;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 9293, 3.5 and 3.7.1: connections begin, and what their SYNs say.</summary>
public sealed class OpeningTests
{
    private readonly TcpDialogue _peer = new();

    [Fact]
    public void A_connection_is_accepted_and_carries_data_both_ways_and_ends()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("PA", 1, 1, "hello");
        Assert.Equal("hello", _peer.Hear());
        _peer.Say("world");
        _peer.Expect("PA", 1, 6, "world");
        _peer.Send("A", 6, 6);
        _peer.ExpectNothing();

        _peer.Send("FA", 6, 6);
        _peer.Expect("A", 6, 7);
        Assert.True(connection.IsAtEnd);
        Assert.Equal(TcpState.CloseWait, connection.State);
        connection.Close();
        _peer.Expect("FA", 6, 7);
        _peer.Send("A", 7, 7);
        _peer.ExpectNothingFor(100_000);
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void MUST_14_and_65_a_SYN_says_the_longest_segment_and_what_else_this_host_can()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        SeenSegment syn = _peer.BeginConnect();

        Assert.Equal(1460, syn.MaximumSegment);
        Assert.True(syn.PermitsSack);
        Assert.NotNull(syn.WindowShift);
        Assert.NotNull(syn.Timestamps);
        Assert.Equal(0u, syn.Acknowledgement);
        Assert.Equal(TcpState.SynSent, _peer.Endpoint.State);
        _peer.Send("SA", 0, 1);
        _peer.Expect("A", 1, 1);
        Assert.Equal(TcpState.Established, _peer.Endpoint.State);
        Assert.Equal(Readiness.Writable, _peer.Endpoint.Readiness);
    }

    [Fact]
    public void A_SYN_is_answered_with_what_both_sides_can()
    {
        _peer.Listen();
        _peer.Send("S", 0, options: TcpDialogue.Concat(TcpDialogue.Mss(1000), TcpDialogue.Timestamps(77, 0), TcpDialogue.Shift(4)));

        SeenSegment answer = _peer.ExpectRaw();

        Assert.Equal("SA", answer.Flags);
        Assert.Equal(1460, answer.MaximumSegment);
        Assert.False(answer.PermitsSack);
        Assert.NotNull(answer.WindowShift);
        Assert.Equal(77u, answer.Timestamps!.Value.Echo);
    }

    [Fact]
    public void A_SYN_without_options_is_answered_with_none_but_the_longest_segment()
    {
        _peer.Listen();
        _peer.Send("S", 0);

        SeenSegment answer = _peer.ExpectRaw();

        Assert.Equal(1460, answer.MaximumSegment);
        Assert.Null(answer.WindowShift);
        Assert.Null(answer.Timestamps);
        Assert.False(answer.PermitsSack);
    }

    [Fact]
    public void MUST_15_a_peer_that_does_not_say_its_longest_segment_gets_536_bytes()
    {
        _peer.Accept();

        _peer.SayBytes(536 * 2);

        _peer.ExpectLength("A", 1, 536);
        _peer.ExpectLength("PA", 537, 536);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(9000, 1460)]
    [InlineData(1, 88)]
    public void MUST_16_no_segment_is_longer_than_the_peer_and_the_link_take(int peer, int expected)
    {
        _peer.Accept(options: TcpDialogue.Mss(peer));

        _peer.SayBytes(3000);

        _peer.ExpectLength("A", 1, expected);
    }

    [Fact]
    public void MUST_16_timestamps_count_against_the_longest_segment()
    {
        _peer.Options = TcpDialogue.Timestamps(1, 0);
        _peer.Accept(65535, TcpDialogue.Mss(1460), TcpDialogue.Timestamps(1, 0));

        _peer.SayBytes(3000);

        _peer.ExpectLength("A", 1, 1448);
    }

    [Fact]
    public void A_connection_that_is_refused_says_so()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        _peer.BeginConnect();

        _peer.Send("RA", 0, 1);

        Assert.Equal((TcpState.Closed, TcpError.Refused), (_peer.Endpoint.State, _peer.Endpoint.Error));
        Assert.True(_peer.Endpoint.Readiness.HasFlag(Readiness.Error));
        _peer.ExpectNothingFor(200_000);
    }

    [Fact]
    public void A_reset_that_does_not_acknowledge_the_SYN_refuses_nothing()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        _peer.BeginConnect();

        _peer.Send("R", 0);
        _peer.Send("RA", 0, 77);
        _peer.ExpectNothing();
        Assert.Equal(TcpState.SynSent, _peer.Endpoint.State);
    }

    [Fact]
    public void An_acknowledgement_of_what_was_not_sent_is_reset_in_SYN_SENT()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        _peer.BeginConnect();

        _peer.Send("SA", 0, 77);

        SeenSegment reset = _peer.ExpectRaw();
        Assert.Equal(("R", _peer.Initial + 77), (reset.Flags, reset.Sequence));
        Assert.Equal(TcpState.SynSent, _peer.Endpoint.State);
    }

    [Fact]
    public void MUST_10_both_sides_may_open_at_the_same_time()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        _peer.BeginConnect();

        _peer.Send("S", 0);
        SeenSegment answer = _peer.ExpectRaw();
        Assert.Equal(("SA", _peer.Initial, TcpDialogue.PeerInitial + 1), (answer.Flags, answer.Sequence, answer.Acknowledgement));
        Assert.Equal(TcpState.SynReceived, _peer.Endpoint.State);
        _peer.Send("SA", 0, 1);
        _peer.Expect("A", 1, 1);
        _peer.Send("PA", 1, 1, "x");
        Assert.Equal(TcpState.Established, _peer.Endpoint.State);
        Assert.Equal("x", _peer.Hear());
    }

    [Fact]
    public void MUST_23_a_SYN_is_repeated_for_three_minutes()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        _peer.BeginConnect();
        List<int> times = [];
        for (int second = 0; second < 400 && _peer.Endpoint.State != TcpState.Closed; second++)
        {
            _peer.Advance(1000);
            while (_peer.Net.Device.Sent.Count != 0)
            {
                Assert.Equal("S", _peer.ExpectRaw().Flags);
                times.Add(second + 1);
            }
        }

        Assert.Equal([1, 3, 7, 15, 31, 63, 127], times);
        Assert.Equal(TcpError.TimedOut, _peer.Endpoint.Error);
    }

    [Fact]
    public void An_answer_to_a_SYN_is_repeated_and_then_given_up()
    {
        _peer.Listen();
        _peer.Send("S", 0);
        List<int> times = [];
        for (int second = 0; second < 200; second++)
        {
            while (_peer.Net.Device.Sent.Count != 0)
            {
                Assert.Equal("SA", _peer.ExpectRaw().Flags);
                times.Add(second);
            }

            _peer.Advance(1000);
        }

        Assert.Equal([0, 1, 3, 7, 15, 31], times);
        Assert.Equal(0, _peer.Listener.HalfOpenCount);
    }

    [Fact]
    public void A_SYN_that_comes_again_is_answered_again()
    {
        _peer.Listen();
        _peer.Send("S", 0);
        SeenSegment first = _peer.ExpectRaw();
        _peer.Advance(600);

        _peer.Send("S", 0);

        SeenSegment second = _peer.ExpectRaw();
        Assert.Equal((first.Flags, first.Sequence), (second.Flags, second.Sequence));
    }

    [Fact]
    public void A_reset_takes_a_half_open_connection_back_to_LISTEN()
    {
        _peer.Listen();
        _peer.Send("S", 0);
        _peer.ExpectRaw();

        _peer.Send("R", 2); // in the window, but not where the next byte is
        Assert.Equal(1, _peer.Listener.HalfOpenCount);
        _peer.Send("R", 1);

        Assert.Equal(0, _peer.Listener.HalfOpenCount);
        _peer.ExpectNothingFor(100_000);
    }

    [Fact]
    public void A_half_open_connection_is_reset_by_an_acknowledgement_of_what_was_not_sent()
    {
        _peer.Listen();
        _peer.Send("S", 0);
        _peer.Initial = _peer.ExpectRaw().Sequence;

        _peer.Send("A", 1, 5);

        SeenSegment reset = _peer.ExpectRaw();
        Assert.Equal(("R", _peer.Initial + 5), (reset.Flags, reset.Sequence));
    }

    [Fact]
    public void Data_may_come_with_the_last_segment_of_the_handshake()
    {
        _peer.Listen();
        _peer.Send("S", 0);
        _peer.Initial = _peer.ExpectRaw().Sequence;

        _peer.Send("PA", 1, 1, "early");

        _peer.Endpoint = _peer.Listener.TryAccept()!;
        Assert.Equal("early", _peer.Hear());
    }

    [Fact]
    public void Without_memory_for_more_connections_others_cannot_open_any()
    {
        const int most = 100;
        _peer.Listen(backlog: most);
        PhysicalMemory.HaveNoSpare();
        int opened = 0;
        while (_peer.Counters.OutOfMemory == 0 && opened < most)
        {
            _peer.PeerPort++;
            _peer.Send("S", 0);
            if (_peer.Counters.OutOfMemory != 0)
                break;
            _peer.Initial = _peer.ExpectRaw().Sequence;
            _peer.Send("A", 1, 1);
            opened++;
        }

        Assert.InRange(opened, 1, most - 1);
        _peer.ExpectNothing();
        _peer.PeerPort -= 1;
        _peer.Send("R", 1);
        for (int i = 1; i < opened; i++)
            Assert.NotNull(_peer.Listener.TryAccept());
        _peer.Listener.TryAccept()!.Close();
        _peer.PeerPort = 9;
        _peer.Send("S", 0);
        _peer.ExpectRaw();
        Assert.Equal(1, _peer.Counters.OutOfMemory);
    }

    [Fact]
    public void More_connections_than_the_backlog_wait_for_the_application()
    {
        _peer.Listen(backlog: 1);
        _peer.OpenFromPeer();
        _peer.PeerPort = 4001;

        _peer.Send("S", 0);
        _peer.ExpectNothing();
        Assert.Equal(1, _peer.Counters.BacklogFull);
        Assert.NotNull(_peer.Listener.TryAccept());
        _peer.OpenFromPeer();

        Assert.NotNull(_peer.Listener.TryAccept());
    }

    [Fact]
    public void A_listener_that_is_closed_resets_who_waited()
    {
        _peer.Listen();
        _peer.OpenFromPeer();

        _peer.Listener.Close();
        _peer.Net.Poll();

        Assert.Equal("RA", _peer.ExpectRaw().Flags);
        _peer.Send("S", 0);
        Assert.Equal("RA", _peer.ExpectRaw().Flags);
    }

    [Fact]
    public void A_segment_for_no_connection_is_reset()
    {
        _peer.Send("A", 1, 55);
        SeenSegment reset = _peer.ExpectRaw();
        Assert.Equal(("R", 55u), (reset.Flags, reset.Sequence));

        _peer.Send("S", 9);
        reset = _peer.ExpectRaw();
        Assert.Equal(("RA", 0u, TcpDialogue.PeerInitial + 10), (reset.Flags, reset.Sequence, reset.Acknowledgement));

        _peer.Send("R", 1);
        _peer.ExpectNothing();
    }

    [Fact]
    public void MUST_57_a_SYN_to_everyone_is_dropped_in_silence()
    {
        _peer.Listen();
        byte[] frame = _peer.Frame("S", 0, 0, []);
        MacAddress.Broadcast.Write(frame);

        _peer.Net.Receive(frame);

        _peer.ExpectNothing();
    }

    [Fact]
    public void Numbers_begin_where_nobody_expects_and_grow_with_time()
    {
        HashSet<uint> initials = [];
        _peer.Listen(backlog: 100);
        for (ushort port = 5000; port < 5020; port++)
        {
            _peer.PeerPort = port;
            _peer.Send("S", 0);
            initials.Add(_peer.ExpectRaw().Sequence >> 16);
        }

        Assert.True(initials.Count > 15, "they are near each other");

        // The same connection later: further on by a number every four microseconds (RFC 6528).
        _peer.Send("S", 0);
        _peer.Send("R", 1);
        _peer.Advance(1);
        _peer.Net.Device.Sent.Clear();
        _peer.PeerPort = 6000;
        _peer.Send("S", 0);
        uint before = _peer.ExpectRaw().Sequence;
        _peer.Send("R", 1);
        _peer.Advance(100);
        _peer.Send("S", 0);
        Assert.Equal(25_000u, _peer.ExpectRaw().Sequence - before);
    }

    [Fact]
    public void Ports_of_connections_that_this_host_opens_do_not_repeat()
    {
        HashSet<ushort> ports = [];
        _peer.PeerPort = 80;
        for (int i = 0; i < 50; i++)
        {
            _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
            _peer.BeginConnect();
            Assert.InRange(_peer.LocalPort, 32768, 60999);
            ports.Add(_peer.LocalPort);
        }

        Assert.Equal(50, ports.Count);
    }

    [Fact]
    public void MUST_46_a_connection_to_no_host_or_to_many_is_refused()
    {
        foreach (string address in new[] { "0.0.0.0", "224.0.0.1", "255.255.255.255", "10.0.0.255" })
            Assert.Equal(TcpError.Unreachable, _peer.Stack.CreateTcpEndpoint().Connect(Frames.Ip(address), 80));
    }

    [Fact]
    public void MUST_6_and_7_unknown_options_are_skipped_and_wrong_lengths_end_the_reading()
    {
        _peer.Listen();
        _peer.Send("S", 0, options: [77, 4, 1, 2, .. TcpDialogue.Mss(700), 1, 3, 200, 9]);
        Assert.Equal("SA", _peer.ExpectRaw().Flags);

        _peer.PeerPort++;
        _peer.Send("S", 0, options: [77, 0, 2, 4, 5, 5, 8, 1]);
        Assert.Equal("SA", _peer.ExpectRaw().Flags);
    }
}
