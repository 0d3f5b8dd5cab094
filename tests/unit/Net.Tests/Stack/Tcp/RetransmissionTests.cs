using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 6298, 5681, 6582, 6675, 6937 and 8985: what is lost is sent again, when, and how much of it.</summary>
public sealed class RetransmissionTests
{
    private const int Mss = 1000;

    private readonly TcpDialogue _peer = new();

    [Fact]
    public void The_time_out_is_a_second_before_anything_was_measured_and_doubles()
    {
        // The SYN's answer is repeated, so that nothing is measured (Karn).
        _peer.Listen();
        _peer.Send("S", 0);
        _peer.Initial = _peer.ExpectRaw().Sequence;
        _peer.Advance(1000);
        _peer.ExpectRaw();
        _peer.Send("A", 1, 1);
        _peer.Endpoint = _peer.Listener.TryAccept()!;
        _peer.Say("x");
        _peer.Expect("PA", 1, 1, "x");

        // RFC 6298, 5.7: three seconds then.
        _peer.ExpectNothingFor(2990);
        _peer.Advance(20);
        _peer.Expect("PA", 1, 1, "x");
        _peer.ExpectNothingFor(5950);
        _peer.Advance(60);
        _peer.Expect("PA", 1, 1, "x");
    }

    [Fact]
    public void The_time_out_follows_the_round_trip_time()
    {
        _peer.Accept();
        for (uint i = 0; i < 50; i++)
        {
            _peer.Say("x");
            _peer.Expect("PA", 1 + i, 1, "x");
            _peer.Advance(400);
            _peer.Send("A", 1, 2 + i);
        }

        _peer.Say("y");
        _peer.Expect("PA", 51, 1, "y");
        _peer.ExpectNothingFor(590);
        _peer.Advance(60);
        _peer.Expect("PA", 51, 1, "y");
    }

    [Fact]
    public void Given_up_after_the_user_time_out_and_not_before()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.UserTimeout = Duration.FromSeconds(20);
        _peer.Say("x");

        _peer.Advance(15_000);
        Assert.Equal(TcpState.Established, connection.State);
        _peer.Advance(20_000);

        Assert.Equal((TcpState.Closed, TcpError.TimedOut), (connection.State, connection.Error));
        connection.Close();
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Without_selective_acknowledgements_three_duplicates_mean_a_loss()
    {
        _peer.Accept(options: TcpDialogue.Mss(Mss));
        _peer.SayBytes(8 * Mss);
        for (uint i = 0; i < 8; i++)
            _peer.ExpectLength(i == 7 ? "PA" : "A", 1 + (i * Mss), Mss);

        _peer.Send("A", 1, 1);
        _peer.Send("A", 1, 1);
        _peer.ExpectNothing();
        _peer.Send("A", 1, 1);
        _peer.ExpectLength("A", 1, Mss);

        // A partial acknowledgement: the fourth is missing too (RFC 6582).
        _peer.Send("A", 1, 1 + (3 * Mss));
        _peer.ExpectLength("A", 1 + (3 * Mss), Mss);
        _peer.Send("A", 1, 1 + (8 * Mss));
        _peer.ExpectNothingFor(2000);
        Assert.Equal(1, _peer.Counters.FastRecoveries);
        Assert.Equal(2, _peer.Counters.Retransmissions);
    }

    [Fact]
    public void Each_of_the_first_two_duplicates_lets_a_new_segment_leave()
    {
        _peer.Accept(options: TcpDialogue.Mss(Mss));
        _peer.SayBytes(20 * Mss);
        for (uint i = 0; i < 10; i++)
            _peer.ExpectLength("A", 1 + (i * Mss), Mss);
        _peer.ExpectNothing();

        _peer.Send("A", 1, 1);
        _peer.ExpectLength("A", 1 + (10 * Mss), Mss);
        _peer.Send("A", 1, 1);
        _peer.ExpectLength("A", 1 + (11 * Mss), Mss);
    }

    [Fact]
    public void What_is_told_selectively_is_not_sent_again()
    {
        Open(roundTrip: 100);
        SendBurst(8);
        _peer.Advance(100);

        // The first and the fourth are lost.
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (3 * Mss))));
        _peer.ExpectNothingFor(10);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + (4 * Mss), 1 + (8 * Mss)), (1 + Mss, 1 + (3 * Mss))));
        _peer.ExpectLength("A", 1, Mss);
        _peer.ExpectLength("A", 1 + (3 * Mss), Mss);
        _peer.ExpectNothing();
        _peer.Send("A", 1, 1 + (8 * Mss));
        _peer.ExpectNothingFor(3000);
        Assert.Equal(2, _peer.Counters.Retransmissions);
    }

    [Fact]
    public void What_is_only_late_is_not_sent_again()
    {
        Open(roundTrip: 100);
        SendBurst(4);

        // The second overtakes the first by less than a quarter of a round trip.
        _peer.Advance(100);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (2 * Mss))));
        _peer.Advance(10);
        _peer.Send("A", 1, 1 + (2 * Mss));
        _peer.Send("A", 1, 1 + (4 * Mss));

        _peer.ExpectNothingFor(3000);
        Assert.Equal(0, _peer.Counters.Retransmissions);
    }

    [Fact]
    public void What_stays_away_for_longer_than_reordering_takes_is_sent_again()
    {
        Open(roundTrip: 100);
        SendBurst(4);
        _peer.Advance(100);

        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (2 * Mss))));
        _peer.ExpectNothingFor(20);
        _peer.Advance(10);

        _peer.ExpectLength("A", 1, Mss);
    }

    [Fact]
    public void A_retransmission_that_is_lost_again_is_noticed_without_a_time_out()
    {
        Open(roundTrip: 50);
        SendBurst(10, queued: 14);
        _peer.Advance(50);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (10 * Mss))));
        _peer.ExpectLength("A", 1, Mss);
        List<uint> sent = Drain();
        Assert.Contains(1u + (10 * Mss), sent);
        _peer.Advance(50);

        // What was sent after the retransmission has arrived.
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (11 * Mss))));
        _peer.Advance(20);

        Assert.Contains(1u, Drain());
        Assert.Equal(0, _peer.Counters.Timeouts);
    }

    [Fact]
    public void A_tail_that_is_lost_is_probed_for_before_the_time_out()
    {
        Open(roundTrip: 20);
        SendBurst(3);

        _peer.ExpectNothingFor(35);
        _peer.Advance(10);
        _peer.ExpectLength("PA", 1 + (2 * Mss), Mss); // the last one
        _peer.Advance(20);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + (2 * Mss), 1 + (3 * Mss))));
        _peer.Advance(20);

        Assert.Equal([1u, 1u + Mss], Drain());
        Assert.Equal((0, 1), (_peer.Counters.Timeouts, _peer.Counters.TailProbes));
    }

    [Fact]
    public void A_time_out_starts_again_from_one_segment()
    {
        Open(roundTrip: 20);
        SendBurst(10);
        _peer.Advance(45);
        Drain(); // the probe
        _peer.Advance(700);
        List<uint> sent = Drain();

        Assert.Equal(1u, sent[0]);
        Assert.All(sent, sequence => Assert.Equal(1u, sequence));
        _peer.Send("A", 1, 1 + Mss);
        Assert.Equal([1u + Mss, 1u + (2 * Mss)], Drain());
    }

    [Fact]
    public void A_peer_that_forgets_what_it_told_to_have_gets_it_again()
    {
        Open(roundTrip: 20);
        SendBurst(4);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (4 * Mss))));
        _peer.Advance(10);
        _peer.ExpectLength("A", 1, Mss);
        _peer.Send("A", 1, 1 + Mss); // and nothing of the rest
        _peer.Advance(2000);
        _peer.Send("A", 1, 1 + (2 * Mss));

        Assert.Contains(1u + Mss, Drain());
    }

    [Fact]
    public void Ranges_that_cannot_be_are_ignored()
    {
        Open();
        SendBurst(3);

        _peer.Send("A", 1, 1, options: _peer.Sack((50_000, 60_000), (1 + (2 * Mss), 1 + Mss), (0xffff_0000, 1 + (3 * Mss))));

        _peer.ExpectNothing();
        Assert.Equal(0, _peer.Counters.FastRecoveries);
    }

    [Fact]
    public void After_an_idle_time_the_window_is_what_it_was_at_first()
    {
        Open(roundTrip: 10);
        uint at = 1;
        for (int i = 0; i < 6; i++)
        {
            _peer.SayBytes(40 * Mss);
            int count = 0;
            while (_peer.Net.Device.Sent.Count != 0 || count < 40)
            {
                if (_peer.Net.Device.Sent.Count == 0)
                {
                    _peer.Advance(10);
                    _peer.Send("A", 1, at);
                    continue;
                }

                at += (uint)_peer.ExpectRaw().Payload.Length;
                count++;
            }

            _peer.Send("A", 1, at);
        }

        _peer.Advance(5000);
        _peer.SayBytes(40 * Mss);

        Assert.Equal(10, Drain().Count);
    }

    private void Open(int roundTrip = 0)
    {
        _peer.Listen();
        _peer.Send("S", 0, options: TcpDialogue.Concat(TcpDialogue.Mss(Mss), TcpDialogue.SackPermitted));
        _peer.Initial = _peer.ExpectRaw().Sequence;
        if (roundTrip != 0)
            _peer.Advance(roundTrip);
        _peer.Send("A", 1, 1);
        _peer.Endpoint = _peer.Listener.TryAccept()!;
    }

    private void SendBurst(int segments, int queued = 0)
    {
        _peer.SayBytes(Math.Max(segments, queued) * Mss);
        for (uint i = 0; i < segments; i++)
            _peer.ExpectLength(i == segments - 1 && queued == 0 ? "PA" : "A", 1 + (i * Mss), Mss);
    }

    /// <summary>The numbers of all segments that were sent.</summary>
    private List<uint> Drain()
    {
        List<uint> sent = [];
        while (_peer.Net.Device.Sent.Count != 0)
            sent.Add(_peer.ExpectRaw().Sequence - _peer.Initial);
        return sent;
    }
}
