using System.Diagnostics.CodeAnalysis;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace System.Net.Sockets;

/// <summary>Connections that others open.</summary>
public partial class Socket
{
    // Of one that was accepted: where it goes when it is closed, and what it will do its work with when it serves again.
    private readonly AcceptedSockets? _siblings;
    private readonly TcpTransport? _connection;

    internal Socket(AcceptedSockets siblings, TcpTransport connection)
    {
        _isIpv6 = !connection.AnyAddress.IsIpv4;
        _siblings = siblings;
        _connection = connection;
    }

    /// <summary>The next of those that are closed.</summary>
    internal Socket? NextClosed { get; set; }

    /// <summary>Lets others connect: any number may wait to be accepted.</summary>
    public void Listen() => Listen(int.MaxValue);

    /// <summary>Lets others connect.</summary>
    /// <param name="backlog">How many may wait to be accepted.</param>
    public void Listen(int backlog)
    {
        SocketTransport? listening = Transport.Listen(backlog, out SocketError error);
        if (listening is null)
            Throw(error);
        _transport = listening;
    }

    /// <summary>Takes a connection that came, waiting until one does.</summary>
    /// <exception cref="SocketException">None is there, and the socket does not block: <see cref="TryAccept"/> says so instead.</exception>
    public Socket Accept()
    {
        if (!TryAccept(out Socket? accepted, out SocketError error))
            Throw(error);
        return accepted;
    }

    /// <summary>Takes a connection that came, waiting until one does if the socket blocks.</summary>
    /// <returns>False if there is none.</returns>
    /// <remarks>The BCL has no such call; apps/Hosted has it for the same source on Linux.</remarks>
    public bool TryAccept([NotNullWhen(true)] out Socket? accepted, out SocketError errorCode)
    {
        SocketTransport transport = Transport;
        int closings = _closings;
        errorCode = transport.Accept(out accepted);
        while (errorCode == SocketError.WouldBlock && Blocking)
        {
            transport.Endpoint.Readers.Wait(Instant.Never);
            errorCode = _closings == closings ? transport.Accept(out accepted) : SocketError.OperationAborted;
        }

        return accepted is not null;
    }

    /// <summary>Serves a connection.</summary>
    internal void Begin(TcpEndpoint connection)
    {
        _connection!.Begin(connection);
        _transport = _connection;
        Blocking = true;
        _receiveTimeout = 0;
        _sendTimeout = 0;
    }
}
