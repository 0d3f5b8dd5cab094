using System.Net.Sockets;

namespace Echo;

/// <summary>RFC 863: whatever comes is thrown away.</summary>
internal sealed class DiscardService : StreamService
{
    private readonly byte[] _buffer = new byte[65_536];

    public override bool Serve(StreamConnection connection, SocketPoller poller)
    {
        int received = connection.Socket.Receive(_buffer, SocketFlags.None, out SocketError error);
        return error == SocketError.WouldBlock || (error == SocketError.Success && received != 0);
    }
}
