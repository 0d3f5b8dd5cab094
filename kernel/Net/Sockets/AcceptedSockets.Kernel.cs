using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>The sockets that a listener's connections got: memory is never collected, so those that were closed serve again.</summary>
/// <param name="any">Any address, of the listener's family.</param>
/// <remarks>The one that was closed first comes first, and not before as many others were closed after it: a program that closes a socket twice, or looks at one
/// that it has closed, as <c>using</c> makes easy, then does so to a closed one.</remarks>
internal sealed class AcceptedSockets(IpAddress any)
{
    private const int Resting = 64;

    private Socket? _first;
    private Socket? _last;
    private int _count;

    /// <summary>A socket for a connection.</summary>
    public Socket Take(TcpEndpoint connection)
    {
        Socket? socket = null;
        if (_count > Resting)
        {
            socket = _first!;
            _first = socket.NextClosed;
            socket.NextClosed = null;
            _count--;
        }

        socket ??= new Socket(this, new TcpTransport(connection) { AnyAddress = any });
        socket.Begin(connection);
        return socket;
    }

    /// <summary>Takes back one that was closed.</summary>
    public void Return(Socket socket)
    {
        if (_count++ == 0)
            _first = socket;
        else
            _last!.NextClosed = socket;
        _last = socket;
    }
}
