using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 9293, 3.6: connections end, each side when it likes.</summary>
public sealed class ClosingTests
{
    private readonly TcpDialogue _peer = new();

    [Fact]
    public void Half_close_this_side_ends_and_still_receives()
    {
        TcpEndpoint connection = _peer.Accept();

        connection.ShutdownSend();
        _peer.Expect("FA", 1, 1);
        Assert.Equal(TcpState.FinWait1, connection.State);
        _peer.Send("A", 1, 2);
        Assert.Equal(TcpState.FinWait2, connection.State);
        Assert.Equal(0, connection.Send("x"u8));
        _peer.Send("PA", 1, 2, "more");
        Assert.Equal("more", _peer.Hear());
        Assert.False(connection.IsAtEnd);
        _peer.Send("FA", 5, 2);
        _peer.Expect("A", 2, 6);
        Assert.True(connection.IsAtEnd);
        Assert.Equal((TcpState.Closed, TcpError.None), (connection.State, connection.Error));
    }

    [Fact]
    public void Half_close_the_other_side_ends_and_still_receives()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("FA", 1, 1);
        _peer.Expect("A", 1, 2);
        Assert.True(connection.IsAtEnd);
        Assert.Equal(Readiness.Readable | Readiness.Writable, connection.Readiness);
        _peer.Say("late");
        _peer.Expect("PA", 1, 2, "late");
        _peer.Send("A", 2, 5);
        connection.Close();
        _peer.Expect("FA", 5, 2);
        _peer.Send("A", 2, 6);
        _peer.ExpectNothingFor(5000);
    }

    [Fact]
    public void Both_sides_may_end_at_the_same_time()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.ShutdownSend();
        _peer.Expect("FA", 1, 1);

        _peer.Send("FA", 1, 1);
        _peer.Expect("A", 2, 2);
        Assert.Equal(TcpState.Closing, connection.State);
        _peer.Send("A", 2, 2);

        Assert.Equal(TcpState.Closed, connection.State);
        _peer.Send("FA", 1, 1);
        _peer.Expect("A", 2, 2); // TIME-WAIT answers
    }

    [Fact]
    public void A_FIN_goes_with_the_last_data()
    {
        TcpEndpoint connection = _peer.Accept(options: TcpDialogue.Mss(1000));
        _peer.SayBytes(900);
        _peer.ExpectLength("PA", 1, 900);
        Assert.Equal(700, connection.Send(new byte[700])); // Nagle holds it
        _peer.ExpectNothing();

        connection.Close();

        _peer.ExpectLength("FPA", 901, 700);
    }

    [Fact]
    public void A_FIN_that_comes_with_data_is_taken_with_it()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("FPA", 1, 1, "bye");

        _peer.Expect("A", 1, 5);
        Assert.False(connection.IsAtEnd);
        Assert.Equal("bye", _peer.Hear());
        Assert.True(connection.IsAtEnd);
    }

    [Fact]
    public void A_FIN_before_its_time_waits_for_what_is_missing()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("FPA", 4, 1, "def");
        _peer.Expect("A", 1, 1);
        Assert.Equal(TcpState.Established, connection.State);
        _peer.Send("PA", 1, 1, "abc");
        _peer.Expect("A", 1, 7);
        Assert.Equal("abcdef", _peer.Hear());
        _peer.Send("FA", 7, 1); // the FIN itself was not kept
        _peer.Expect("A", 1, 8);
        Assert.True(connection.IsAtEnd);
    }

    [Fact]
    public void MUST_13_TIME_WAIT_lasts_and_answers_a_FIN_that_comes_again()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Close();
        _peer.Expect("FA", 1, 1);
        _peer.Send("FA", 1, 2);
        _peer.Expect("A", 2, 2);

        _peer.Advance(59_000);
        _peer.Send("FA", 1, 2);
        _peer.Expect("A", 2, 2);
        _peer.Advance(59_000);
        _peer.Send("FA", 1, 2);
        _peer.Expect("A", 2, 2);
        _peer.Advance(61_000);

        _peer.Send("FA", 1, 2);
        Assert.Equal("R", _peer.ExpectRaw().Flags);
    }

    [Fact]
    public void MAY_2_a_new_SYN_ends_TIME_WAIT_and_begins_beyond_it()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Close();
        _peer.Expect("FA", 1, 1);
        _peer.Send("FA", 1, 2);
        _peer.Expect("A", 2, 2);

        _peer.Send("S", 1); // an old one
        _peer.ExpectNothing(); // the one answer a while was the FIN's
        _peer.Send("S", 1000);

        SeenSegment answer = _peer.ExpectRaw();
        Assert.Equal(("SA", TcpDialogue.PeerInitial + 1001), (answer.Flags, answer.Acknowledgement));
        Assert.True((int)(answer.Sequence - (_peer.Initial + 2)) > 0);
    }

    [Fact]
    public void TIME_WAIT_is_ended_by_a_newer_timestamp_whatever_the_number()
    {
        _peer.Options = TcpDialogue.Timestamps(100, 0);
        TcpEndpoint connection = _peer.Accept(65535, _peer.Options);
        connection.Close();
        _peer.Expect("FA", 1, 1);
        _peer.Send("FA", 1, 2);
        _peer.Expect("A", 2, 2);

        _peer.Send("S", 0xffff_0000, options: TcpDialogue.Timestamps(99, 0));
        _peer.ExpectNothing();
        _peer.Send("S", 0xffff_0000, options: TcpDialogue.Timestamps(101, 0));

        Assert.Equal("SA", _peer.ExpectRaw().Flags);
    }

    [Fact]
    public void A_reset_at_the_right_number_ends_the_connection()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("R", 1);

        Assert.Equal((TcpState.Closed, TcpError.Reset), (connection.State, connection.Error));
        _peer.ExpectNothingFor(5000);
    }

    [Fact]
    public void What_has_arrived_before_a_reset_can_be_read()
    {
        TcpEndpoint connection = _peer.Accept();
        _peer.Send("PA", 1, 1, "last words");

        _peer.Send("R", 11);

        Assert.Equal("last words", _peer.Hear());
        Assert.Equal(TcpError.Reset, connection.Error);
        connection.Close();
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Closing_with_data_that_nobody_read_resets_the_connection()
    {
        TcpEndpoint connection = _peer.Accept();
        _peer.Send("PA", 1, 1, "unread");

        connection.Close();

        Assert.Equal("RA", _peer.ExpectRaw().Flags);
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Data_that_comes_after_close_resets_the_connection()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Close();
        _peer.Expect("FA", 1, 1);

        _peer.Send("PA", 1, 2, "for nobody");

        Assert.Equal("RA", _peer.ExpectRaw().Flags);
        _peer.Send("A", 11, 2);
        Assert.Equal("R", _peer.ExpectRaw().Flags);
    }

    [Fact]
    public void Aborting_resets_the_connection()
    {
        _peer.Accept().Abort();

        SeenSegment reset = _peer.ExpectRaw();
        Assert.Equal(("RA", _peer.Initial + 1), (reset.Flags, reset.Sequence));
    }

    [Fact]
    public void Linger_for_no_time_resets_the_connection()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Linger = Duration.Zero;
        _peer.Say("never mind");
        _peer.Expect("PA", 1, 1, "never mind");

        connection.Close();

        Assert.Equal("RA", _peer.ExpectRaw().Flags);
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void Linger_gives_a_connection_so_much_time_to_deliver()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Linger = Duration.FromSeconds(3);
        _peer.Say("please");
        _peer.Expect("PA", 1, 1, "please");

        connection.Close();
        _peer.Expect("FA", 7, 1);
        _peer.Advance(3500);

        string last = "";
        while (_peer.Net.Device.Sent.Count != 0)
            last = _peer.ExpectRaw().Flags;
        Assert.Equal("RA", last);
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void FIN_WAIT_2_ends_though_the_other_side_says_nothing_more()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Close();
        _peer.Expect("FA", 1, 1);
        _peer.Send("A", 1, 2);

        _peer.ExpectNothingFor(59_000);
        _peer.Advance(2000);

        Assert.Equal("RA", _peer.ExpectRaw().Flags);
    }

    [Fact]
    public void A_FIN_is_repeated_until_it_is_acknowledged()
    {
        TcpEndpoint connection = _peer.Accept();
        connection.Close();
        _peer.Expect("FA", 1, 1);

        _peer.Advance(1050);
        _peer.Expect("FA", 1, 1);
        _peer.Advance(2000);
        _peer.Expect("FA", 1, 1);
        _peer.Send("FA", 1, 2);
        _peer.Expect("A", 2, 2);
        _peer.ExpectNothingFor(5000);
    }

    [Fact]
    public void Reading_may_be_shut_down_alone()
    {
        TcpEndpoint connection = _peer.Accept();
        _peer.Send("PA", 1, 1, "unread");

        connection.ShutdownReceive();
        _peer.Send("PA", 7, 1, "dropped");
        _peer.Say("still here");

        _peer.Expect("PA", 1, 14, "still here");
        Assert.Equal(0, connection.Available);
    }

    [Fact]
    public void An_endpoint_is_handed_out_again_as_if_it_were_new()
    {
        TcpEndpoint first = _peer.Accept();
        first.NoDelay = true;
        first.Abort();
        _peer.ExpectRaw();

        TcpEndpoint second = _peer.Stack.CreateTcpEndpoint();

        Assert.Same(first, second);
        Assert.Equal((TcpState.Closed, TcpError.None, false, 0), (second.State, second.Error, second.NoDelay, (int)second.LocalPort));
        Assert.Equal((false, 0), (second.CanSend, second.Send(new byte[1])));
    }
}
