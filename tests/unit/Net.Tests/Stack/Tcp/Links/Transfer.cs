using System;
using System.Security.Cryptography;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>Bytes that one host sends and the other receives, compared by their hashes.</summary>
internal sealed class Transfer
{
    private readonly Random _random;
    private readonly byte[] _chunk = new byte[8192];
    private readonly IncrementalHash _sentHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _receivedHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TcpEndpoint _from;
    private readonly long _length;
    private int _chunkLength;
    private int _chunkAt;

    public Transfer(TcpEndpoint from, long length, int seed)
    {
        _from = from;
        _length = length;
        _random = new Random(seed);
    }

    public long Sent { get; private set; }

    public long Received { get; private set; }

    public bool SenderIsDone { get; private set; }

    public bool ReceiverIsDone { get; private set; }

    public bool IsDone => SenderIsDone && ReceiverIsDone;

    /// <summary>How many bytes the application reads in a turn.</summary>
    public int ReadsAtOnce { get; set; } = 64 * 1024;

    public void SendSome()
    {
        if (SenderIsDone || !_from.IsEstablished)
            return;
        while (Sent < _length)
        {
            if (_chunkAt == _chunkLength)
            {
                _chunkLength = (int)Math.Min(_random.Next(1, _chunk.Length), _length - Sent);
                _random.NextBytes(_chunk.AsSpan(0, _chunkLength));
                _chunkAt = 0;
                _sentHash.AppendData(_chunk.AsSpan(0, _chunkLength));
            }

            int taken = _from.Send(_chunk.AsSpan(_chunkAt, _chunkLength - _chunkAt));
            if (taken == 0)
                return;
            _chunkAt += taken;
            Sent += taken;
        }

        _from.ShutdownSend();
        SenderIsDone = true;
    }

    public void ReceiveSome(TcpEndpoint? to)
    {
        if (to is null || ReceiverIsDone)
            return;
        byte[] buffer = new byte[2000];
        int read = 0;
        int length;
        while (read < ReadsAtOnce && (length = to.Receive(buffer)) != 0)
        {
            _receivedHash.AppendData(buffer.AsSpan(0, length));
            Received += length;
            read += length;
        }

        ReceiverIsDone = to.IsAtEnd;
    }

    public void Check()
    {
        Assert.Equal(_length, Received);
        Assert.Equal(_sentHash.GetHashAndReset(), _receivedHash.GetHashAndReset());
    }

    /// <summary>Has A open a connection to B and each send bytes to the other.</summary>
    public static (Transfer There, Transfer Back) Run(SimulatedLink link, long there, long back, int seed, Duration limit, Action? whenDone = null)
    {
        TcpListenEndpoint listener = link.B.Stack.CreateTcpListenEndpoint();
        listener.Bind(link.B.Any, 7);
        listener.Listen(4);
        TcpEndpoint client = link.A.Stack.CreateTcpEndpoint();
        TcpEndpoint? server = null;

        // Where a fifth of all is lost, six in a row may be: that is no reason to give up here.
        client.UserTimeout = limit;
        Transfer first = new(client, there, seed);
        Transfer? second = null;
        link.A.Turn = () =>
        {
            first.SendSome();
            second?.ReceiveSome(client);
        };
        link.B.Turn = () =>
        {
            if (server is null && listener.TryAccept() is { } accepted)
            {
                server = accepted;
                server.UserTimeout = limit;
                second = new Transfer(server, back, seed + 1);
            }

            first.ReceiveSome(server);
            second?.SendSome();
        };
        Assert.True(link.RunUntil(() => link.A.Address != default && link.B.Address != default, Duration.FromSeconds(10)), "no addresses");
        Assert.Equal(TcpError.None, client.Connect(link.B.Address, 7));
        bool done = link.RunUntil(() => first.IsDone && second is { IsDone: true }, limit);
        Assert.True(done, $"seed {seed}: {client.State} {client.Error}, {server?.State} {server?.Error}; {first.Received} of {there}, {second?.Received} of {back} at {link.Now.Nanoseconds / 1e9:F3} s");
        whenDone?.Invoke();
        first.Check();
        second!.Check();
        client.Close();
        server!.Close();
        listener.Close();
        link.A.Turn = null;
        link.B.Turn = null;
        link.RunUntil(() => false, Duration.FromSeconds(400));
        link.A.GiveBackPool();
        link.B.GiveBackPool();
        return (first, second);
    }
}
