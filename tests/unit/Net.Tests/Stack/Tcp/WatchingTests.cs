using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>What people see of TCP: the list of connections, a count for each segment that is dropped, and the trace.</summary>
public sealed class WatchingTests
{
    private readonly TcpDialogue _tcp = new();
    private readonly StringBuilder _console = new();

    [Fact]
    public void A_connection_is_listed_with_its_ends_and_its_figures()
    {
        _tcp.Accept();
        _tcp.Say("lost");
        _tcp.Expect("PA", 1, 1, "lost");
        _tcp.Advance(1100);
        _tcp.ExpectRaw();
        _tcp.Send("PA", 1, 1, "unread");

        TcpConnectionInfo info = Assert.Single(_tcp.Stack.LookAtConnections(out int more).ToArray());

        Assert.Equal(0, more);
        Assert.Equal(("established", "10.0.0.2", 7, "10.0.0.1", 4000), (info.State, info.Local.ToString(), info.LocalPort, info.Remote.ToString(), info.RemotePort));
        Assert.Equal((4, 6, 65535), (info.Unacknowledged, info.Unread, info.SendWindow));
        Assert.True(info.Retransmissions > 0);
        Assert.True(info.CongestionWindow > 0);
    }

    [Fact]
    public void The_list_is_bounded_and_says_how_many_there_are_beside()
    {
        _tcp.Listen(backlog: 100);
        for (ushort port = 5000; port < 5040; port++)
        {
            _tcp.PeerPort = port;
            _tcp.OpenFromPeer();
        }

        _tcp.PeerPort = 6000;
        _tcp.Send("S", 0);
        _tcp.ExpectRaw();

        Assert.Equal(TcpConnectionList.Most, _tcp.Stack.LookAtConnections(out int more).Length);
        Assert.Equal(41 - TcpConnectionList.Most, more);
    }

    [Fact]
    public void Connections_that_are_not_open_yet_or_over_are_listed_too()
    {
        _tcp.Listen();
        _tcp.Send("S", 0);
        Assert.Equal("syn-received", Assert.Single(States()));
        _tcp.Initial = _tcp.ExpectRaw().Sequence;
        _tcp.Send("A", 1, 1);
        TcpEndpoint accepted = _tcp.Listener.TryAccept()!;
        accepted.Close();
        Assert.Equal("fin-wait-1", Assert.Single(States()));
        _tcp.Expect("FA", 1, 1);
        _tcp.Send("FA", 1, 2);
        Assert.Equal("time-wait", Assert.Single(States()));

        IEnumerable<string> States() => [.. _tcp.Stack.LookAtConnections(out _).ToArray().Select(each => each.State)];
    }

    /// <summary>Whatever is wrong with a segment, one of the causes counts it.</summary>
    [Theory]
    [InlineData("A", 500_000u, 1u, "unacceptable")]
    [InlineData("P", 1u, 0u, "withoutAck")]
    [InlineData("S", 1u, 0u, "challenges")]
    [InlineData("R", 9u, 0u, "challenges")]
    [InlineData("A", 1u, 90_000u, "challenges")]
    public void Each_segment_that_is_dropped_is_counted_by_its_cause(string flags, uint sequence, uint acknowledgement, string cause)
    {
        _tcp.Accept(window: 1000);
        Trace();

        _tcp.Send(flags, sequence, acknowledgement, window: 1000);

        Assert.Equal(1, Count(cause));
        Assert.Contains($" dropped: {cause}", _console.ToString().Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_count_has_a_name()
    {
        System.Reflection.FieldInfo[] fields = typeof(TcpCounters).GetFields();
        Assert.Equal(fields.Length, TcpCounterNames.Count);
        TcpCounters counters = new();
        for (int i = 0; i < fields.Length; i++)
            fields[i].SetValue(counters, i + 1L);
        for (int i = 0; i < TcpCounterNames.Count; i++)
        {
            string field = fields[TcpCounterNames.Of(counters, i) - 1].Name;
            Assert.Equal(char.ToLowerInvariant(field[0]) + field[1..], TcpCounterNames.NameOf(i));
        }
    }

    [Fact]
    public void What_comes_to_nobody_is_counted_too()
    {
        _tcp.Listen();
        _tcp.Send("R", 0);
        _tcp.Send("F", 0);
        Assert.Equal(2, Count("unanswered"));
        _tcp.LocalPort = 99;
        _tcp.Send("S", 0);
        Assert.Equal(1, _tcp.Net.Interface.Drops[DropCause.NoListener]);
        _tcp.ExpectRaw();
    }

    [Fact]
    public void The_trace_has_a_line_for_each_segment_that_comes_or_goes()
    {
        Trace();
        _tcp.Accept(options: [TcpDialogue.Mss(1000), TcpDialogue.Shift(7)]);
        _tcp.Say("hello");

        string[] lines = _console.ToString().TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^tcp: 1\.\d{6} in 10\.0\.0\.1 4000 > 10\.0\.0\.2 7: S seq 4294963200 len 0 win 65535 mss 1000 shift 7$", lines[0]);
        Assert.Matches(@"^tcp: 1\.\d{6} out 10\.0\.0\.2 7 > 10\.0\.0\.1 4000: SA seq \d+ ack 4294963201 len 0 win 65535 mss 1460 shift \d+$", lines[1]);
        Assert.Matches(@" in 10\.0\.0\.1 4000 > 10\.0\.0\.2 7: A seq 4294963201 ack \d+ len 0 win 65535$", lines[2]);
        Assert.Matches(@" out 10\.0\.0\.2 7 > 10\.0\.0\.1 4000: PA seq \d+ ack 4294963201 len 5 win \d+$", lines[3]);
    }

    [Fact]
    public void A_segment_with_a_wrong_sum_is_traced_as_dropped()
    {
        Trace();
        byte[] frame = _tcp.Frame("S", 0, 0, []);
        frame[^1] ^= 1;
        _tcp.Net.Receive(frame);
        Assert.EndsWith("in 10.0.0.1 4000 > 10.0.0.2 7 dropped: badChecksum\n", _console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_does_not_fill_the_console_and_what_is_not_shown_is_counted()
    {
        _tcp.Listen();
        Trace();
        for (int i = 0; i < 1000; i++)
            _tcp.Send("R", 0);
        Assert.Equal(TcpTrace.Burst, Lines());
        _tcp.Advance(1000);
        _tcp.Send("R", 0);
        Assert.Contains($"tcp: {1000 - TcpTrace.Burst} segments are not shown", _console.ToString(), StringComparison.Ordinal);
        Assert.Equal(TcpTrace.Burst + 2, Lines());

        int Lines() => _console.ToString().Count(c => c == '\n');
    }

    private void Trace() => _tcp.Stack.TraceTcp(bytes => _console.Append(Encoding.ASCII.GetString(bytes)));

    private long Count(string name)
    {
        int index = Enumerable.Range(0, TcpCounterNames.Count).Single(i => TcpCounterNames.NameOf(i) == name);
        return TcpCounterNames.Of(_tcp.Counters, index);
    }
}
