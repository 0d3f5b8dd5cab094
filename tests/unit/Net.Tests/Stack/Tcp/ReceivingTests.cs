using System;
using Guest.Core.Scheduling;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 9293, 3.8.6 and 3.10.7.4; RFC 2018, 2883 and 5681, 4.2: what arrives, when it is acknowledged, and how much more may come.</summary>
public sealed class ReceivingTests
{
    private readonly TcpDialogue _peer = new();

    [Fact]
    public void MUST_40_an_acknowledgement_waits_for_an_answer_less_than_half_a_second()
    {
        _peer.Accept();

        _peer.Send("PA", 1, 1, "question");

        _peer.ExpectNothingFor(35);
        _peer.Advance(10);
        _peer.Expect("A", 1, 9);
        _peer.ExpectNothingFor(1000);
    }

    [Fact]
    public void An_answer_carries_the_acknowledgement()
    {
        _peer.Accept();

        _peer.Send("PA", 1, 1, "question");
        _peer.Hear();
        _peer.Say("answer");

        _peer.Expect("PA", 1, 9, "answer");
        _peer.ExpectNothingFor(190);
    }

    [Fact]
    public void SHLD_19_a_second_full_segment_is_acknowledged_at_once()
    {
        _peer.Accept();

        _peer.Send("A", 1, 1, new string('a', 1460));
        _peer.ExpectNothing();
        _peer.Send("A", 1461, 1, new string('b', 1460));

        _peer.Expect("A", 1, 2921);
    }

    [Fact]
    public void MUST_58_a_burst_is_acknowledged_once()
    {
        _peer.Accept();
        byte[][] burst = new byte[8][];
        for (uint i = 0; i < burst.Length; i++)
            burst[i] = _peer.Frame("A", 1 + (i * 1460), 1, new byte[1460]);

        _peer.Net.Receive(burst);

        _peer.Expect("A", 1, 1 + (8 * 1460));
        _peer.ExpectNothing();
    }

    [Fact]
    public void SHLD_31_what_comes_early_is_kept_and_told_of_selectively()
    {
        _peer.Accept(65535, TcpDialogue.SackPermitted);

        _peer.Send("A", 4, 1, "def");
        Assert.Equal([(TcpDialogue.PeerInitial + 4, TcpDialogue.PeerInitial + 7)], _peer.Expect("A", 1, 1).Sack);
        _peer.Send("A", 10, 1, "jkl");
        Assert.Equal(
            [(TcpDialogue.PeerInitial + 10, TcpDialogue.PeerInitial + 13), (TcpDialogue.PeerInitial + 4, TcpDialogue.PeerInitial + 7)],
            _peer.Expect("A", 1, 1).Sack);
        _peer.Send("A", 1, 1, "abc");
        Assert.Equal([(TcpDialogue.PeerInitial + 10, TcpDialogue.PeerInitial + 13)], _peer.Expect("A", 1, 7).Sack);
        _peer.Send("A", 7, 1, "ghi");
        Assert.Empty(_peer.Expect("A", 1, 13).Sack);
        Assert.Equal("abcdefghijkl", _peer.Hear());
    }

    [Fact]
    public void Without_permission_nothing_is_told_selectively()
    {
        _peer.Accept();

        _peer.Send("A", 4, 1, "def");

        Assert.Empty(_peer.Expect("A", 1, 1).Options);
    }

    [Fact]
    public void A_segment_that_comes_twice_is_told_of_as_such()
    {
        _peer.Accept(65535, TcpDialogue.SackPermitted);
        _peer.Send("A", 1, 1, "abc");
        Assert.Equal("abc", _peer.Hear());
        _peer.Advance(50);
        _peer.Expect("A", 1, 4);

        _peer.Send("A", 1, 1, "abc");

        Assert.Equal([(TcpDialogue.PeerInitial + 1, TcpDialogue.PeerInitial + 4)], _peer.Expect("A", 1, 4).Sack);
        Assert.Equal(0, _peer.Endpoint.Available);
    }

    [Theory]
    [InlineData(1, "abc", 3, "CDE", "abcDE")]
    [InlineData(1, "abcdef", 3, "CD", "abcdef")]
    public void In_order_the_first_of_two_that_overlap_counts(uint first, string one, uint second, string two, string expected)
    {
        _peer.Accept();

        _peer.Send("A", first, 1, one);
        _peer.Send("A", second, 1, two);

        Assert.Equal(expected, _peer.Hear());
    }

    [Theory]
    [InlineData(5, "efg", 3, "CDEFG", "ab")] // all of the first is in the second
    [InlineData(5, "efg", 6, "FGHI", "ab")]
    [InlineData(5, "efg", 3, "CDE", "ab")]
    [InlineData(5, "efg", 5, "EFG", "ab")]
    [InlineData(3, "cdefghi", 5, "EF", "ab")]
    public void Early_segments_that_overlap_and_disagree_give_each_byte_once(uint first, string one, uint second, string two, string beginning)
    {
        _peer.Accept();
        string all = "abcdefghi";

        _peer.Send("A", first, 1, one);
        _peer.Send("A", second, 1, two);
        _peer.Send("A", 1, 1, beginning);
        _peer.Send("A", 3, 1, all[2..]);

        Assert.Equal(all, _peer.Hear().ToLowerInvariant());
        Assert.Equal(0, _peer.Endpoint.Available);
    }

    [Fact]
    public void What_is_beyond_the_window_is_cut_off()
    {
        TcpEndpoint connection = Accept(receiveBuffer: 4096);
        for (uint i = 0; i < 4; i++)
            _peer.Send("A", 1 + (i * 1000), 1, new string('a', 1000));
        _peer.Net.Device.Sent.Clear();

        _peer.Send("PA", 4001, 1, new string('b', 200));

        Assert.Equal(4096, connection.Available);
        _peer.Expect("A", 1, 4097);
    }

    [Fact]
    public void A_window_that_is_shut_is_opened_by_a_worthwhile_step()
    {
        TcpEndpoint connection = Accept(receiveBuffer: 8192);
        for (uint i = 0; i < 8; i++)
            _peer.Send("A", 1 + (i * 1024), 1, new string((char)0, 1024));
        _peer.Advance(50);
        SeenSegment last = null!;
        while (_peer.Net.Device.Sent.Count != 0)
            last = _peer.ExpectRaw();
        Assert.Equal(0, last.Window);

        // Silly window syndrome, the receiver's part: a little room is not told of.
        connection.Receive(new byte[100]);
        _peer.ExpectNothingFor(100);
        connection.Receive(new byte[4000]);
        _peer.Advance(1);

        Assert.Equal(4100, _peer.ExpectRaw().Window);
    }

    [Fact]
    public void A_probe_of_a_shut_window_is_answered_and_its_byte_not_taken()
    {
        Accept(receiveBuffer: 1024);
        _peer.Send("A", 1, 1, new string((char)0, 1024));
        _peer.Net.Device.Sent.Clear();

        _peer.Send("A", 1025, 1, "x");

        SeenSegment answer = _peer.Expect("A", 1, 1025);
        Assert.Equal(0, answer.Window);
        Assert.Equal(1024, _peer.Endpoint.Available);
    }

    [Fact]
    public void A_keep_alive_of_the_peer_is_answered()
    {
        _peer.Accept();
        _peer.Send("PA", 1, 1, "x");
        _peer.Advance(50);
        _peer.Expect("A", 1, 2);

        _peer.Send("A", 1, 1);

        _peer.Expect("A", 1, 2);
    }

    [Fact]
    public void An_acknowledgement_counts_though_the_window_is_shut()
    {
        TcpEndpoint connection = Accept(receiveBuffer: 1024);
        _peer.Send("A", 1, 1, new string((char)0, 1024));
        _peer.Net.Device.Sent.Clear();
        _peer.Say("x");
        _peer.Net.Poll();
        _peer.Expect("PA", 1, 1025, "x");

        _peer.Send("A", 1025, 2, "probe");

        Assert.Equal(0, connection.Unacknowledged);
    }

    [Fact]
    public void Windows_are_scaled_when_both_sides_say_so()
    {
        _peer.Accept(65535, TcpDialogue.Shift(7));

        _peer.Send("PA", 1, 1, "x");
        _peer.Advance(50);

        SeenSegment seen = _peer.Expect("A", 1, 2);
        Assert.InRange(seen.Window << 4, 60_000, 256 * 1024);
    }

    [Fact]
    public void Urgent_data_is_data_like_all_other()
    {
        _peer.Accept();

        _peer.Send("UPA", 1, 1, "hurry");

        Assert.Equal("hurry", _peer.Hear());
    }

    [Fact]
    public void Readers_are_told_by_a_level()
    {
        TcpEndpoint connection = _peer.Accept();
        Assert.Equal(Readiness.Writable, connection.Readiness);

        _peer.Send("PA", 1, 1, "x");
        Assert.Equal(Readiness.Readable | Readiness.Writable, connection.Readiness);
        _peer.Hear();
        Assert.Equal(Readiness.Writable, connection.Readiness);
    }

    [Fact]
    public void A_FIN_behind_what_there_is_no_room_for_has_not_come()
    {
        TcpDialogue peer = new(buffers: 64);
        TcpEndpoint connection = peer.Accept();
        uint sent = 1;
        while (peer.Counters.NoRoom == 0)
        {
            peer.Send("A", sent, 1, new byte[1000]);
            peer.Net.Device.Sent.TryDequeue(out byte[]? answer);
            sent = answer is null ? sent + 1000 : SeenSegment.Read(Frames.ReadIpv4(answer).Payload).Acknowledgement - TcpDialogue.PeerInitial;
        }

        // What a device has merged comes in many buffers, of which some may be kept.
        int before = connection.Available;
        connection.Receive(new byte[2000]);
        peer.Net.Device.PieceSize = 200;
        peer.Send("FA", sent, 1, new byte[1400]);

        Assert.InRange(connection.Available, before - 2000, before - 2000 + 1399);
        Assert.Equal(TcpState.Established, connection.State);
        connection.Abort();
        peer.Net.Device.Sent.Clear();
        peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void An_arrival_in_pieces_is_data_like_all_other()
    {
        _peer.Accept();
        _peer.Net.Device.PieceSize = 200;

        _peer.Send("PA", 1, 1, new string('x', 1000));
        _peer.Send("PA", 501, 1, new string('x', 500) + new string('y', 500));
        _peer.Send("PA", 2001, 1, new string('z', 500));
        _peer.Send("PA", 1401, 1, new string('y', 600));

        Assert.Equal(new string('x', 1000) + new string('y', 1000) + new string('z', 500), _peer.Hear());
    }

    private TcpEndpoint Accept(int receiveBuffer)
    {
        _peer.Listen().ReceiveBufferSize = receiveBuffer;
        return _peer.Accept();
    }
}
