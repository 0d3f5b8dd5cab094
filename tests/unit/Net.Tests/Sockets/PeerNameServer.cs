using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>A name server on the peer, by UDP and TCP, that knows what the test tells it.</summary>
internal sealed class PeerNameServer
{
    private readonly SocketPeer _peer;
    private readonly UdpEndpoint _datagrams;
    private readonly TcpListenEndpoint _listener;
    private readonly Dictionary<TcpEndpoint, List<byte>> _streams = [];
    private readonly byte[] _buffer = new byte[2000];

    public PeerNameServer(SocketPeer peer, bool listens = true)
    {
        _peer = peer;
        _datagrams = peer.Bind(53);
        _listener = peer.Listen(listens ? (ushort)53 : (ushort)54);
        peer.Turn = Turn;
    }

    /// <summary>The addresses of names.</summary>
    public Dictionary<string, string[]> Addresses { get; } = [];

    /// <summary>Names whose answers are too long for a datagram.</summary>
    public HashSet<string> Truncated { get; } = [];

    /// <summary>What a stream is answered, if not as a datagram.</summary>
    public Func<byte[], byte[]>? OnStream { get; set; }

    /// <summary>What it does in each turn with the streams that are open.</summary>
    public Action<IEnumerable<TcpEndpoint>>? EachTurn { get; set; }

    public int Datagrams { get; private set; }

    public int Streams { get; private set; }

    private void Turn()
    {
        while (_datagrams.TryReceive(_buffer, out UdpReceipt receipt))
        {
            Datagrams++;
            DnsServer.Question question = DnsServer.Read(_buffer[..receipt.Length]);
            byte[] answer = Truncated.Contains(question.Name) ? DnsServer.Denial(question, DnsServer.Truncated) : Answer(question);
            _datagrams.Send(answer, receipt.Source, receipt.SourcePort);
        }

        while (_listener.TryAccept() is { } accepted)
            _streams.Add(accepted, []);
        EachTurn?.Invoke(_streams.Keys);
        foreach ((TcpEndpoint stream, List<byte> received) in _streams)
        {
            received.AddRange(_peer.Take(stream));
            if (received.Count < 2 || received.Count < 2 + (received[0] << 8) + received[1])
                continue;
            Streams++;
            byte[] answer = Answer(DnsServer.Read([.. received[2..]]));
            received.Clear();
            stream.Send(OnStream is null ? [(byte)(answer.Length >> 8), (byte)answer.Length, .. answer] : OnStream(answer));
        }
    }

    private byte[] Answer(DnsServer.Question question)
    {
        if (!Addresses.TryGetValue(question.Name, out string[]? addresses))
            return DnsServer.Denial(question, DnsServer.NameError);
        byte[][] records = [.. addresses.Where(address => address.Contains(':') == (question.Type == DnsServer.Aaaa)).Select(address => DnsServer.Address(DnsServer.QuestionName, address))];
        return DnsServer.Answer(question, records);
    }
}
