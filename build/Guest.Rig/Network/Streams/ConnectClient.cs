using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network.Streams;

/// <summary>A new connection for each echo, one after the other: opened, used once, closed by both sides. A unit is a connection.</summary>
/// <param name="network">Where the server is; null for this host.</param>
/// <param name="server">The server.</param>
/// <param name="size">Bytes of an echo.</param>
public sealed class ConnectClient(NetworkNamespace? network, IPEndPoint server, int size) : StreamClient(network, server)
{
    private readonly EchoExchange _exchange = new(size, seed: 1);
    private readonly byte[] _buffer = new byte[65_536];

    /// <inheritdoc/>
    public override StreamResult Run(int units) => Inside(() =>
    {
        List<long> trips = new(units);
        while (trips.Count < units)
        {
            long begin = Stopwatch.GetTimestamp();
            ConnectEchoClose();
            trips.Add(Stopwatch.GetTimestamp() - begin);
        }

        return new StreamResult(units, trips);
    });

    private void ConnectEchoClose()
    {
        using Socket socket = Connect();
        Send(socket, _exchange.Ask());
        while (true)
        {
            int received = Receive(socket, _buffer);
            if (received == 0)
                throw new RigException("The connection was closed by the other side before all was echoed.");
            if (_exchange.Take(_buffer.AsSpan(0, received)))
                break;
        }

        socket.Shutdown(SocketShutdown.Send);
        ReceiveEnd(socket, _buffer);
    }
}
