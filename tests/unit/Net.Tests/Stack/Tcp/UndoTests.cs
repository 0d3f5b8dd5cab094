using System.Collections.Generic;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 3522, 3708 and 4015: what was sent again for nothing, and that the window is then what it was.</summary>
public sealed class UndoTests
{
    private const int Mss = 1000;
    private const int Burst = 10;

    private readonly TcpDialogue _peer = new();
    private uint _clock = 1000;

    [Fact]
    public void RFC_3522_a_time_out_for_nothing_is_undone_by_the_echo_of_the_first_copy()
    {
        uint first = OpenAndSend(hasTimestamps: true);
        TimeOut();

        Acknowledge(2, first);

        // Two have left the path, and two more each may be on their way for that; nothing is sent again.
        List<uint> sent = Drain();
        Assert.InRange(sent.Count, 2, 4);
        Assert.All(sent, sequence => Assert.InRange(sequence, 1u + (Burst * Mss), uint.MaxValue));
        Assert.Equal((1, 1), (_peer.Counters.Timeouts, _peer.Counters.RecoveriesUndone));
    }

    [Fact]
    public void RFC_3522_the_echo_of_the_second_copy_undoes_nothing()
    {
        OpenAndSend(hasTimestamps: true);
        uint second = TimeOut();

        Acknowledge(1, second);

        Assert.Equal(1u + Mss, Drain()[0]);
        Assert.Equal((1, 0), (_peer.Counters.Timeouts, _peer.Counters.RecoveriesUndone));
    }

    [Fact]
    public void RFC_3522_a_segment_that_was_only_late_leaves_the_window_as_it_was()
    {
        uint first = OpenAndSend(hasTimestamps: true);
        _peer.Advance(100);
        _peer.Send("A", 1, 1, options: TcpDialogue.Concat(Clock(first), _peer.Sack((1 + Mss, 1 + (Burst * Mss)))));
        _peer.Advance(50);
        Assert.Contains(1u, Drain());
        Assert.Equal(1, _peer.Counters.FastRecoveries);

        Acknowledge(Burst, first);
        AcknowledgeAll();

        Assert.Equal((1, 1), (_peer.Counters.Retransmissions, _peer.Counters.RecoveriesUndone));
        AssertWindowIsWhole();
    }

    [Fact]
    public void RFC_3708_what_is_told_to_have_come_twice_was_not_lost()
    {
        OpenAndSend(hasTimestamps: false);
        _peer.Advance(100);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (Burst * Mss))));
        _peer.Advance(50);
        Assert.Contains(1u, Drain());
        AcknowledgeAll();
        Assert.Equal(0, _peer.Counters.RecoveriesUndone);

        _peer.Send("A", 1, _acknowledged, options: _peer.Sack((1, 1 + Mss)));
        AcknowledgeAll();

        Assert.Equal(1, _peer.Counters.RecoveriesUndone);
        AssertWindowIsWhole();
    }

    [Fact]
    public void RFC_3708_what_did_not_come_twice_may_have_been_lost()
    {
        OpenAndSend(hasTimestamps: false);
        _peer.Advance(100);
        _peer.Send("A", 1, 1, options: _peer.Sack((1 + Mss, 1 + (4 * Mss)), (1 + (5 * Mss), 1 + (Burst * Mss))));
        _peer.Advance(50);
        List<uint> sent = Drain();
        Assert.Contains(1u, sent);
        Assert.Contains(1u + (4 * Mss), sent);

        _peer.Send("A", 1, 1 + (Burst * Mss), options: _peer.Sack((1, 1 + Mss)));

        Assert.Equal((2, 0), (_peer.Counters.Retransmissions, _peer.Counters.RecoveriesUndone));
    }

    // What the peer acknowledged last, and all that it saw.
    private uint _acknowledged = 1;
    private uint _furthest = 1;

    private uint OpenAndSend(bool hasTimestamps)
    {
        byte[] options = TcpDialogue.Concat(TcpDialogue.Mss(Mss + (hasTimestamps ? 12 : 0)), TcpDialogue.SackPermitted);
        _peer.Listen();
        _peer.Send("S", 0, options: hasTimestamps ? TcpDialogue.Concat(options, Clock(0)) : options);
        SeenSegment answer = _peer.ExpectRaw();
        _peer.Initial = answer.Sequence;
        _peer.Advance(100);
        _peer.Send("A", 1, 1, options: hasTimestamps ? Clock(answer.Timestamps!.Value.Value) : []);
        _peer.Endpoint = _peer.Listener.TryAccept()!;
        _peer.SayBytes(200 * Mss);
        uint clock = 0;
        for (uint i = 0; i < Burst; i++)
        {
            SeenSegment seen = _peer.ExpectLength("A", 1 + (i * Mss), Mss);
            clock = seen.Timestamps?.Value ?? 0;
        }

        _hasTimestamps = hasTimestamps;
        _furthest = 1 + (Burst * Mss);
        return clock;
    }

    private bool _hasTimestamps;
    private uint _lastClock;

    private byte[] Clock(uint echo) => TcpDialogue.Timestamps(_clock++, echo);

    /// <summary>Nothing arrives until the first is sent again.</summary>
    /// <returns>What the second copy says of the time.</returns>
    private uint TimeOut()
    {
        while (_peer.Counters.Timeouts == 0)
            _peer.Advance(10);
        List<uint> sent = Drain();
        Assert.Equal(1u, sent[^1]);
        return _lastClock;
    }

    private void Acknowledge(int segments, uint echo)
    {
        _acknowledged = 1 + (uint)(segments * Mss);
        _peer.Send("A", 1, _acknowledged, options: Clock(echo));
    }

    private void AcknowledgeAll()
    {
        Drain();
        _peer.Advance(100);
        _acknowledged = _furthest;
        _peer.Send("A", 1, _acknowledged, options: _hasTimestamps ? Clock(_lastClock) : []);
    }

    // Ten segments, less what CUBIC takes for a loss, would be seven.
    private void AssertWindowIsWhole() => Assert.InRange(Drain().Count, Burst, 2 * Burst);

    private List<uint> Drain()
    {
        List<uint> sent = [];
        while (_peer.Net.Device.Sent.Count != 0)
        {
            SeenSegment seen = _peer.ExpectRaw();
            sent.Add(seen.Sequence - _peer.Initial);
            _lastClock = seen.Timestamps?.Value ?? 0;
            uint end = seen.Sequence - _peer.Initial + (uint)seen.Payload.Length;
            _furthest = end > _furthest ? end : _furthest;
        }

        return sent;
    }
}
