using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>Whatever a peer sends, in whatever order, while the application does what it likes: nothing throws, and every buffer comes back.</summary>
public sealed class ArbitrarySegmentsTests
{
    private const int Rounds = 300;
    private const int StepsEach = 120;

    private readonly TcpDialogue _peer = new(buffers: 128);
    private readonly List<TcpEndpoint> _connections = [];
    private uint _heard;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nothing_throws_and_nothing_leaks(int seed)
    {
        Random random = new(seed);
        _peer.Listen(backlog: 3).ReceiveBufferSize = 10_000;
        for (int round = 0; round < Rounds; round++)
        {
            _peer.PeerPort = (ushort)random.Next(5000, 5004);
            _peer.LocalPort = TcpDialogue.OurPort;
            for (int step = 0; step < StepsEach; step++)
                Step(random);
            foreach (TcpEndpoint connection in _connections)
                connection.Abort();
            _connections.Clear();
            Look();
        }

        _peer.Listener.Close();
        _peer.Advance(300_000);
        _peer.Net.Device.Sent.Clear();
        _peer.Net.ExpectAllBuffersBack();
        Assert.True(_peer.Counters.Accepted > 100, $"{_peer.Counters.Accepted}");
    }

    private void Step(Random random)
    {
        switch (random.Next(12))
        {
            case 0 when _peer.Listener.TryAccept() is { } accepted:
                _connections.Add(accepted);
                break;
            case 1 when Any(random) is { } connection:
                connection.Send(new byte[random.Next(6000)]);
                break;
            case 2 when Any(random) is { } connection:
                connection.Receive(new byte[random.Next(3000)]);
                break;
            case 3 when random.Next(8) == 0 && Any(random) is { } connection:
                connection.Close();
                _connections.Remove(connection);
                break;
            case 4 when random.Next(8) == 0 && Any(random) is { } connection:
                connection.ShutdownSend();
                break;
            case 5 when random.Next(4) == 0:
                _peer.Net.Advance(Duration.FromMilliseconds(random.Next(1, 3000)));
                break;
            case 6 when random.Next(4) == 0:
                Connect();
                break;
            default:
                SendSomething(random);
                break;
        }

        Look();
    }

    private TcpEndpoint? Any(Random random) => _connections.Count == 0 ? null : _connections[random.Next(_connections.Count)];

    private void Connect()
    {
        TcpEndpoint connection = _peer.Stack.CreateTcpEndpoint();
        if (connection.Connect(_peer.PeerAddress, _peer.PeerPort) == TcpError.None)
            _connections.Add(connection);
        else
            connection.Close();
    }

    // Mostly what could follow what was seen, in some way not quite right.
    private void SendSomething(Random random)
    {
        byte flags = random.Next(3) switch
        {
            0 => (byte)random.Next(256),
            1 => 16,
            _ => (byte)(random.Next(2) == 0 ? 2 : 17),
        };
        uint sequence = _heard - TcpDialogue.PeerInitial + (uint)(random.Next(4) == 0 ? random.Next(-3000, 3000) : 0);
        uint acknowledgement = (uint)(random.Next(4) == 0 ? random.Next(-5000, 5000) : 0) + _seen - _peer.Initial;
        byte[] options = new byte[random.Next(3) == 0 ? random.Next(10) * 4 : 0];
        random.NextBytes(options);
        if (options.Length >= 12 && random.Next(2) == 0)
            options = _peer.Sack((acknowledgement + (uint)random.Next(2000), acknowledgement + (uint)random.Next(4000)));
        byte[] data = new byte[random.Next(3) == 0 ? random.Next(1400) : 0];
        _peer.Net.Device.PieceSize = random.Next(5) == 0 ? 100 : 0;
        _peer.Send(SeenSegment.FlagsOf(flags), sequence, acknowledgement, data, random.Next(4) == 0 ? random.Next(3000) : 65535, options);
    }

    private uint _seen;

    private void Look()
    {
        _peer.AnswerArp();
        while (_peer.Net.Device.Sent.TryDequeue(out byte[]? frame))
        {
            SeenSegment seen = SeenSegment.Read(Frames.ReadIpv4(frame).Payload);
            _seen = seen.Sequence + (uint)seen.Payload.Length + (seen.Flags.Contains('S', StringComparison.Ordinal) ? 1u : 0);
            _peer.PeerPort = seen.DestinationPort;
            _peer.LocalPort = seen.SourcePort;
            if (seen.Flags.Contains('A', StringComparison.Ordinal))
                _heard = seen.Acknowledgement;
        }
    }
}
