using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network.Streams;

/// <summary>Connections that stay open, on each of which one question is asked after the other. A unit is an answer.</summary>
public sealed class ExchangeClient : StreamClient
{
    private const int Glance = 250_000;

    private readonly Dictionary<Socket, StreamExchange> _exchanges;
    private readonly Dictionary<Socket, long> _askedAt = [];
    private readonly byte[] _buffer = new byte[65_536];

    /// <param name="network">Where the server is; null for this host.</param>
    /// <param name="server">The server.</param>
    /// <param name="exchanges">What is asked on each connection.</param>
    public ExchangeClient(NetworkNamespace? network, IPEndPoint server, IEnumerable<StreamExchange> exchanges)
        : base(network, server) => _exchanges = Inside(() => exchanges.ToDictionary(_ => Connect(), exchange => exchange));

    /// <inheritdoc/>
    public override StreamResult Run(int units)
    {
        List<long> trips = new(units);
        int asked = 0;
        foreach (Socket socket in _exchanges.Keys)
        {
            if (asked < units)
                Ask(socket, ref asked);
        }

        List<Socket> readable = [];
        while (trips.Count < units)
        {
            Await(() =>
            {
                readable.Clear();
                readable.AddRange(_askedAt.Keys);
                Socket.Select(readable, null, null, Glance);
                return readable.Count != 0;
            });

            // What has arrived together is taken together, so that a burst of answers is followed by a burst of questions.
            readable.RemoveAll(socket => !TakeAnswer(socket, trips));
            foreach (Socket socket in readable)
            {
                if (asked < units)
                    Ask(socket, ref asked);
            }
        }

        return new StreamResult(trips.Count, trips);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (Socket socket in _exchanges.Keys)
            socket.Dispose();
        base.Dispose();
    }

    private void Ask(Socket socket, ref int asked)
    {
        _askedAt[socket] = Stopwatch.GetTimestamp();
        asked++;
        Send(socket, _exchanges[socket].Ask());
    }

    private bool TakeAnswer(Socket socket, List<long> trips)
    {
        int received = Receive(socket, _buffer);
        if (received == 0)
            throw new RigException("The connection was closed by the other side.");
        if (!_exchanges[socket].Take(_buffer.AsSpan(0, received)))
            return false;
        trips.Add(Stopwatch.GetTimestamp() - _askedAt[socket]);
        _askedAt.Remove(socket);
        return true;
    }
}
