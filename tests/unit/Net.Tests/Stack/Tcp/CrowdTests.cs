using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>Hundreds of connections that keep buffers for nothing, and one that is served all the time (RFC 9293, 3.8.6.1; RFC 6429).</summary>
public sealed class CrowdTests
{
    private const int Crowd = 400;
    private const int Step = 20;
    private const int Patience = 2_500;

    private readonly TcpDialogue _dialogue = new(buffers: 512);
    private readonly Dictionary<ushort, Peer> _peers = [];
    private readonly List<TcpEndpoint> _deaf = [];

    // What a peer has got, and what it does with more.
    private sealed class Peer
    {
        public uint Initial;
        public uint Expected = 1;
        public uint Sent = 1;
        public int Window;
        public int Room = int.MaxValue;
        public bool IsSilent;
        public List<byte> Heard { get; } = [];
    }

    [Fact]
    public void Hundreds_of_peers_that_never_read_hold_up_nobody_else()
    {
        (Peer client, TcpEndpoint endpoint) = Open(4000, 60_000);
        for (int i = 0; i < Crowd; i++)
        {
            (Peer peer, TcpEndpoint deaf) = Open((ushort)(5000 + i), 3000);
            _deaf.Add(deaf);
            peer.Room = 3000;
            deaf.Send(new byte[60_000]);
            Pass(Step);
            if (i % 8 == 0)
                Exchange(client, endpoint, i);
        }

        Assert.InRange(_dialogue.Counters.DeafPeersGivenUp, 50, Crowd);
        Assert.Equal(0, _dialogue.Counters.UnreadGivenUp);
        CheckNewcomerAndEnd();
    }

    [Fact]
    public void Peers_that_have_not_read_for_long_give_way_at_once_though_they_are_rarely_heard_of()
    {
        for (int i = 0; i < Crowd / 2; i++)
        {
            (Peer peer, TcpEndpoint deaf) = Open((ushort)(5000 + i), 3000);
            _deaf.Add(deaf);
            peer.Room = 3000;
            deaf.Send(new byte[60_000]);
            Answer();
        }

        // They answer what asks whether their windows are open, each time after twice as long.
        Pass(40_000);

        CheckNewcomerAndEnd();
    }

    [Fact]
    public void Hundreds_of_peers_whose_application_does_not_read_hold_up_nobody_else()
    {
        (Peer client, TcpEndpoint endpoint) = Open(4000, 60_000);
        for (int i = 0; i < Crowd; i++)
        {
            (Peer peer, TcpEndpoint deaf) = Open((ushort)(5000 + i), 3000);
            _deaf.Add(deaf);
            for (int sent = 0; sent < 10; sent++)
                Say(peer, (ushort)(5000 + i), new byte[1000]);
            Pass(Step);
            if (i % 8 == 0)
                Exchange(client, endpoint, i);
        }

        Assert.InRange(_dialogue.Counters.UnreadGivenUp, 50, Crowd);
        Assert.Equal(0, _dialogue.Counters.DeafPeersGivenUp);
        CheckNewcomerAndEnd();
    }

    [Fact]
    public void What_waits_behind_gaps_is_dropped_before_anybody_is_given_up()
    {
        (Peer client, TcpEndpoint endpoint) = Open(4000, 60_000);
        for (int i = 0; i < Crowd; i++)
        {
            (Peer peer, TcpEndpoint deaf) = Open((ushort)(5000 + i), 3000);
            _deaf.Add(deaf);
            peer.Sent += 1000;
            Say(peer, (ushort)(5000 + i), new byte[1000]);
            Pass(Step);
            if (i % 8 == 0)
                Exchange(client, endpoint, i);
        }

        Assert.InRange(_dialogue.Counters.EarlyDropped, 50, Crowd);
        Assert.True(_deaf.TrueForAll(deaf => deaf.State == TcpState.Established));
        CheckNewcomerAndEnd();
    }

    [Fact]
    public void Peers_that_say_nothing_are_borne_for_longer_but_not_for_ever()
    {
        (Peer client, TcpEndpoint endpoint) = Open(4000, 60_000);
        for (int i = 0; i < Crowd / 2; i++)
        {
            (Peer peer, TcpEndpoint deaf) = Open((ushort)(5000 + i), 60_000);
            peer.IsSilent = true;
            _deaf.Add(deaf);
            deaf.Send(new byte[6_000]);
            Pass(Step);
        }

        Assert.Equal(0, _dialogue.Counters.DeafPeersGivenUp);
        for (int i = 0; i < 80; i++)
        {
            Say(client, 4000, [0]);
            Pass(500);
        }

        Assert.InRange(_dialogue.Counters.DeafPeersGivenUp, 1, Crowd);
        CheckNewcomerAndEnd();
    }

    [Fact]
    public void While_the_network_is_away_nobody_is_given_up()
    {
        for (int i = 0; i < Crowd / 2; i++)
        {
            (Peer peer, TcpEndpoint deaf) = Open((ushort)(5000 + i), 60_000);
            peer.IsSilent = true;
            _deaf.Add(deaf);
            deaf.Send(new byte[6_000]);
            Answer();
        }

        Pass(100_000);

        Assert.Equal(0, _dialogue.Counters.DeafPeersGivenUp);
        Assert.True(_deaf.TrueForAll(deaf => deaf.State == TcpState.Established));
    }

    [Fact]
    public void Nobody_is_given_up_while_there_is_memory()
    {
        (Peer peer, TcpEndpoint deaf) = Open(5000, 3000);
        peer.Room = 3000;
        deaf.Send(new byte[300_000]);

        Pass(120_000);

        Assert.Equal(TcpState.Established, deaf.State);
        Assert.Equal(0, _dialogue.Counters.DeafPeersGivenUp);
    }

    private void CheckNewcomerAndEnd()
    {
        (Peer newcomer, TcpEndpoint endpoint) = Open(3000, 60_000);
        Exchange(newcomer, endpoint, 1);
        foreach (TcpEndpoint one in _deaf)
            one.Abort();
        endpoint.Abort();
        _dialogue.Endpoint.Abort();
        Pass(100_000);
        _dialogue.Net.Device.Sent.Clear();
    }

    private (Peer Peer, TcpEndpoint Endpoint) Open(ushort port, int window)
    {
        _dialogue.PeerPort = port;
        TcpEndpoint endpoint = _dialogue.Accept(window);
        Peer peer = new() { Initial = _dialogue.Initial, Window = window };
        _peers[port] = peer;
        return (peer, endpoint);
    }

    // The client says something, and the application answers with the same.
    private void Exchange(Peer client, TcpEndpoint endpoint, int seed)
    {
        byte[] said = new byte[200];
        new Random(seed).NextBytes(said);
        client.Heard.Clear();
        byte[] buffer = new byte[200];
        List<byte> answer = [];
        uint start = client.Sent;
        for (int waited = 0; client.Heard.Count < said.Length; waited += Step)
        {
            Assert.True(waited <= Patience, $"no answer in exchange {seed}");
            if (waited % 500 == 0 && answer.Count == 0)
            {
                // The first time, and again if nothing was there to take it.
                client.Sent = start;
                Say(client, PortOf(client), said);
            }

            int length = endpoint.Receive(buffer);
            answer.AddRange(buffer.AsSpan(0, length));
            if (answer.Count == said.Length && endpoint.Send([.. answer]) is > 0 and int taken)
                answer.RemoveRange(0, taken);
            Pass(Step);
        }

        Assert.Equal(said, client.Heard);
    }

    private ushort PortOf(Peer peer)
    {
        foreach ((ushort port, Peer one) in _peers)
        {
            if (one == peer)
                return port;
        }

        throw new InvalidOperationException("no such peer");
    }

    private void Say(Peer peer, ushort port, byte[] data)
    {
        SendFrom(peer, port, data);
        peer.Sent += (uint)data.Length;
        Answer();
    }

    private void SendFrom(Peer peer, ushort port, byte[] data)
    {
        _dialogue.PeerPort = port;
        _dialogue.Initial = peer.Initial;
        _dialogue.Send("A", peer.Sent, peer.Expected, data, Math.Min(peer.Window, peer.Room));
    }

    private void Pass(int milliseconds)
    {
        for (; milliseconds > 0; milliseconds -= 1000)
        {
            _dialogue.Net.Advance(Duration.FromMilliseconds(Math.Min(milliseconds, 1000)));
            Answer();
        }
    }

    // Every peer acknowledges what fits its window, and says what it has room for. That is not answered in turn.
    private void Answer()
    {
        _dialogue.AnswerArp();
        Queue<byte[]> sent = _dialogue.Net.Device.Sent;
        while (sent.TryDequeue(out byte[]? frame))
        {
            SeenSegment seen = SeenSegment.Read(Frames.ReadIpv4(frame).Payload);
            if (!_peers.TryGetValue(seen.DestinationPort, out Peer? peer) || peer.IsSilent || seen.Payload.Length == 0 || seen.Flags.Contains('R', StringComparison.Ordinal))
                continue;
            uint at = seen.Sequence - peer.Initial;
            if (at == peer.Expected && seen.Payload.Length <= Math.Min(peer.Window, peer.Room))
            {
                peer.Expected += (uint)seen.Payload.Length;
                peer.Room -= seen.Payload.Length;
                peer.Heard.AddRange(seen.Payload);
            }

            SendFrom(peer, seen.DestinationPort, []);
        }
    }

}
