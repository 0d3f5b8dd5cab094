using System;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 9293, 3.7.4 and 3.8.6: when bytes are sent, and how the other side's window is used.</summary>
public sealed class SendingTests
{
    private readonly TcpDialogue _peer = new();

    [Fact]
    public void MUST_17_short_segments_wait_for_an_acknowledgement()
    {
        _peer.Accept();

        _peer.Say("a");
        _peer.Expect("PA", 1, 1, "a");
        _peer.Say("b");
        _peer.Say("c");
        _peer.ExpectNothing();
        _peer.Send("A", 1, 2);

        _peer.Expect("PA", 2, 1, "bc");
    }

    [Fact]
    public void MUST_17_unless_the_application_wants_no_delay()
    {
        TcpEndpoint connection = _peer.Accept();
        _peer.Say("a");
        _peer.Expect("PA", 1, 1, "a");
        _peer.Say("b");
        _peer.ExpectNothing();

        connection.NoDelay = true;
        _peer.Net.Poll();
        _peer.Expect("PA", 2, 1, "b");
        _peer.Say("c");

        _peer.Expect("PA", 3, 1, "c");
    }

    [Fact]
    public void The_peers_window_is_not_exceeded()
    {
        _peer.Accept(2500, TcpDialogue.Mss(1000));

        _peer.SayBytes(10_000);

        _peer.ExpectLength("A", 1, 1000);
        _peer.ExpectLength("A", 1001, 1000);
        _peer.ExpectNothing(); // 500 are not worth a segment
        _peer.Send("A", 1, 2001, window: 2500);
        _peer.ExpectLength("A", 2001, 1000);
        _peer.ExpectLength("A", 3001, 1000);
    }

    [Fact]
    public void A_window_that_shrinks_is_obeyed_and_what_is_beyond_it_waits()
    {
        _peer.Accept(4000, TcpDialogue.Mss(1000));
        _peer.SayBytes(10_000);
        for (uint i = 0; i < 4; i++)
            _peer.ExpectLength("A", 1 + (i * 1000), 1000);

        _peer.Send("A", 1, 1001, window: 1000);

        _peer.ExpectNothing();
        _peer.Send("A", 1, 4001, window: 1000);
        _peer.ExpectLength("A", 4001, 1000);
    }

    [Fact]
    public void An_old_segment_does_not_change_the_window()
    {
        _peer.Accept(4000, TcpDialogue.Mss(1000));
        _peer.Send("PA", 1, 1, "x", window: 4000);
        _peer.Net.Device.Sent.Clear();

        _peer.Send("PA", 1, 1, "x", window: 0);
        _peer.Net.Device.Sent.Clear();
        _peer.SayBytes(1000);
        _peer.Net.Poll();

        _peer.ExpectLength("PA", 1, 1000);
    }

    [Fact]
    public void MUST_36_a_shut_window_is_probed_with_a_byte_ever_more_rarely()
    {
        _peer.Accept(2000, TcpDialogue.Mss(1000));
        _peer.SayBytes(5000);
        _peer.ExpectLength("A", 1, 1000);
        _peer.ExpectLength("A", 1001, 1000);
        _peer.Send("A", 1, 2001, window: 0);
        int[] gaps = new int[4];
        for (int i = 0; i < gaps.Length; i++)
        {
            while (_peer.Net.Device.Sent.Count == 0)
            {
                _peer.Advance(10);
                gaps[i] += 10;
            }

            _peer.ExpectLength("A", 2001, 1);
            _peer.Send("A", 1, 2001, window: 0);
        }

        Assert.InRange(gaps[0], 200, 1010);
        for (int i = 1; i < gaps.Length; i++)
            Assert.InRange(gaps[i], (gaps[i - 1] * 2) - 30, (gaps[i - 1] * 2) + 30);

        // It opens: the byte of the probe and what follows go at once.
        _peer.Send("A", 1, 2001, window: 3000);
        _peer.ExpectLength("A", 2001, 1);
        _peer.ExpectLength("A", 2002, 1000);
        _peer.ExpectLength("A", 3002, 1000);
    }

    [Fact]
    public void MUST_37_a_window_may_be_shut_for_ever_while_the_peer_answers()
    {
        TcpEndpoint connection = _peer.Accept(1000, TcpDialogue.Mss(1000));
        _peer.SayBytes(5000);
        _peer.ExpectLength("A", 1, 1000);
        _peer.Send("A", 1, 1001, window: 0);
        int probes = 0;
        for (int second = 0; second < 3600; second++)
        {
            _peer.Advance(1000);
            while (_peer.Net.Device.Sent.Count != 0)
            {
                _peer.ExpectLength("A", 1001, 1);
                _peer.Send("A", 1, 1001, window: 0);
                probes++;
            }
        }

        Assert.Equal(TcpState.Established, connection.State);
        Assert.InRange(probes, 25, 60);
        Assert.Equal(0, _peer.Counters.FastRecoveries);
    }

    [Fact]
    public void A_peer_that_takes_the_byte_of_a_probe_gets_the_rest()
    {
        _peer.Accept(1000, TcpDialogue.Mss(1000));
        _peer.SayBytes(1500);
        _peer.ExpectLength("A", 1, 1000);
        _peer.Send("A", 1, 1001, window: 0);
        _peer.Advance(250);
        _peer.ExpectLength("A", 1001, 1);

        _peer.Send("A", 1, 1002, window: 1000);

        _peer.ExpectLength("PA", 1002, 499);
    }

    [Fact]
    public void A_window_too_small_for_a_segment_is_used_after_a_while()
    {
        _peer.Accept(1000, TcpDialogue.Mss(1000));
        _peer.SayBytes(3000);
        _peer.ExpectLength("A", 1, 1000);

        _peer.Send("A", 1, 1001, window: 300);
        _peer.ExpectNothing();
        _peer.Advance(1100);

        _peer.ExpectLength("A", 1001, 300);
    }

    [Fact]
    public void A_window_in_the_millions_is_used_when_it_is_scaled()
    {
        _peer.Listen().SendBufferSize = 4 * 1024 * 1024;
        TcpEndpoint connection = _peer.Accept(65535, TcpDialogue.Mss(1460), TcpDialogue.Shift(10));

        Assert.Equal(200_000, connection.Send(new byte[200_000]));

        Assert.Equal(10, _peer.Net.Device.Sent.Count); // the congestion window of the beginning, not the peer's
    }

    [Fact]
    public void Send_takes_what_there_is_room_for()
    {
        _peer.Listen().SendBufferSize = 10_000;
        TcpEndpoint connection = _peer.Accept(1000);

        Assert.Equal(10_000, connection.Send(new byte[20_000]));
        Assert.Equal((0, 0), (connection.Send(new byte[1]), connection.SendRoom));
        _peer.Send("A", 1, 537);
        Assert.Equal(536, connection.SendRoom);
    }

    [Fact]
    public void MUST_60_the_last_segment_of_a_send_is_pushed()
    {
        _peer.Accept(options: TcpDialogue.Mss(1000));

        _peer.SayBytes(2500);

        _peer.ExpectLength("A", 1, 1000);
        _peer.ExpectLength("A", 1001, 1000);
        _peer.Send("A", 1, 2001);
        _peer.ExpectLength("PA", 2001, 500);
    }

    [Fact]
    public void A_burst_leaves_as_a_burst()
    {
        _peer.Accept(options: TcpDialogue.Mss(1000));
        int before = _peer.Net.Device.Notifications;

        _peer.SayBytes(10_000);

        Assert.Equal(10, _peer.Net.Device.Sent.Count);
        Assert.Equal(1, _peer.Net.Device.Notifications - before);
    }

    [Fact]
    public void A_full_ring_loses_nothing()
    {
        _peer.Accept(options: TcpDialogue.Mss(1000));
        _peer.Net.Device.Room = 0;
        _peer.SayBytes(4000);
        _peer.ExpectNothing();

        _peer.Net.Device.Room = int.MaxValue;
        _peer.Advance(15);

        for (uint i = 0; i < 4; i++)
            _peer.ExpectLength(i == 3 ? "PA" : "A", 1 + (i * 1000), 1000);
    }

    [Fact]
    public void A_pool_without_buffers_delays_and_loses_nothing()
    {
        TcpDialogue peer = new(buffers: 64);
        TcpEndpoint connection = peer.Accept(options: TcpDialogue.Mss(1000));
        PacketBuffer? all = null;
        while (peer.Net.Pool.TryTake() is { } taken)
        {
            taken.Next = all;
            all = taken;
        }

        Assert.Equal(0, connection.Send(new byte[100]));
        all!.Release();
        peer.Advance(15);

        Assert.Equal(100, connection.Send(new byte[100]));
        peer.ExpectLength("PA", 1, 100);
    }

    [Fact]
    public void The_device_sums_where_it_can()
    {
        TcpDialogue peer = new(NetworkOffloads.TransmitChecksum | NetworkOffloads.ReceiveChecksum);
        peer.Accept();

        peer.Say("summed elsewhere");

        peer.Expect("PA", 1, 1, "summed elsewhere");
        Assert.Equal((34, 16), peer.Net.Device.LastChecksum);
    }

    [Fact]
    public void Keep_alive_asks_and_gives_up_when_nobody_answers()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.KeepAliveIdle = Duration.FromSeconds(100);
        connection.KeepAliveInterval = Duration.FromSeconds(10);
        connection.KeepAliveProbes = 3;
        connection.KeepAlive = true;

        _peer.ExpectNothingFor(99_000);
        _peer.Advance(2000);
        _peer.Expect("A", 0, 1);
        _peer.Send("A", 1, 1);
        _peer.ExpectNothingFor(99_000);
        _peer.Advance(2000);
        _peer.Expect("A", 0, 1);
        _peer.Advance(10_000);
        _peer.Expect("A", 0, 1);
        _peer.Advance(10_000);
        _peer.Expect("A", 0, 1);
        Assert.Equal(TcpState.Established, connection.State);
        _peer.Advance(10_000);

        Assert.Equal((TcpState.Closed, TcpError.TimedOut), (connection.State, connection.Error));
        Assert.Equal("RA", _peer.ExpectRaw().Flags);
    }

    [Fact]
    public void MUST_25_nobody_is_asked_unless_the_application_wants_it()
    {
        _peer.Accept();

        _peer.ExpectNothingFor(3 * 60 * 60 * 1000);
    }
}
