using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Rig.Network.Streams;

/// <summary>Receives from a character generator (RFC 864), by a new connection each time. A unit is 1,000 bytes.</summary>
/// <remarks>The generator sends for as long as it may. So the client stops receiving when it has enough, lets it fill the window, counts and checks what has come by then, and resets
/// the connection: nothing that was sent is left out of the count.</remarks>
/// <param name="network">Where the server is; null for this host.</param>
/// <param name="server">The server.</param>
public sealed class GeneratorClient(NetworkNamespace? network, IPEndPoint server) : StreamClient(network, server)
{
    /// <summary>The service's port.</summary>
    public const int Port = 19;

    private const int ReceiveBuffer = 256 * 1024;
    private const int Line = 74;
    private const int Lines = 95;
    private const int Period = Line * Lines;

    // linux/tcp.h: what is due is acknowledged at once; .NET has no name for it.
    private const int QuickAcknowledgement = 12;

    private static readonly byte[] s_on = BitConverter.GetBytes(1);

    // Shorter than the time after which a shut window is asked about.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _buffer = new byte[4 * ReceiveBuffer];
    private readonly byte[] _characters = MakeCharacters(4 * ReceiveBuffer + Period);
    private long _received;

    /// <inheritdoc/>
    public override StreamResult Run(int units) => Inside(() =>
    {
        using Socket socket = Connect(ReceiveBuffer);
        _received = 0;
        while (_received < (long)units * DiscardClient.UnitSize)
        {
            int received = Receive(socket, _buffer);
            if (received == 0)
                throw new RigException("The generator has ended.");
            Check(received);
        }

        AwaitFullWindow(socket);
        if (socket.Available > 0)
            Check(socket.Receive(_buffer, SocketFlags.Peek));
        socket.LingerState = new LingerOption(enable: true, 0);
        return new StreamResult((int)(_received / DiscardClient.UnitSize), []);
    });

    private static void AwaitFullWindow(Socket socket)
    {
        int seen = socket.Available;
        long since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < s_quiet)
        {
            // An acknowledgement that Linux holds back would make the other side send again.
            socket.SetRawSocketOption(TcpLevel, QuickAcknowledgement, s_on);
            Thread.Sleep(1);
            if (socket.Available == seen)
                continue;
            seen = socket.Available;
            since = Stopwatch.GetTimestamp();
        }
    }

    private void Check(int length)
    {
        if (!_buffer.AsSpan(0, length).SequenceEqual(_characters.AsSpan((int)(_received % Period), length)))
            throw new RigException($"Behind {_received} bytes come other characters than those of RFC 864.");
        _received += length;
    }

    // 72 of the 95 printable characters in a ring, each line beginning one further than the one before.
    private static byte[] MakeCharacters(int length)
    {
        byte[] characters = new byte[length];
        for (int i = 0; i < length; i++)
        {
            int column = i % Line;
            characters[i] = column switch
            {
                Line - 2 => (byte)'\r',
                Line - 1 => (byte)'\n',
                _ => (byte)(' ' + (((i / Line) + column) % Lines)),
            };
        }

        return characters;
    }
}
