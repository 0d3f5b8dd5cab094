using System;
using System.Net;
using System.Net.Sockets;

namespace Guest.Rig.Network.Streams;

/// <summary>Sends to a service that throws everything away (RFC 863), by a new connection each time. A unit is 1,000 bytes; it is done when the other side has closed the
/// connection, which it does once it has read everything.</summary>
/// <param name="network">Where the server is; null for this host.</param>
/// <param name="server">The server.</param>
public sealed class DiscardClient(NetworkNamespace? network, IPEndPoint server) : StreamClient(network, server)
{
    /// <summary>The service's port.</summary>
    public const int Port = 9;

    /// <summary>Bytes of a unit.</summary>
    public const int UnitSize = 1_000;

    private readonly byte[] _bytes = new byte[64 * UnitSize];

    /// <inheritdoc/>
    public override StreamResult Run(int units) => Inside(() =>
    {
        using Socket socket = Connect();
        for (long left = (long)units * UnitSize; left > 0; left -= _bytes.Length)
            Send(socket, _bytes.AsSpan(0, (int)Math.Min(left, _bytes.Length)));
        socket.Shutdown(SocketShutdown.Send);
        ReceiveEnd(socket, _bytes);
        return new StreamResult(units, []);
    });
}
