using System.Net.Sockets;

namespace Echo;

/// <summary>Serves any number of TCP connections with one thread, and takes no memory for those that come once others have gone.</summary>
internal sealed class StreamServer
{
    // So many connections are accepted before those that are there have their turn.
    private const int AcceptedAtOnce = 16;

    private readonly SocketPoller _poller = new();
    private StreamConnection? _spare;

    /// <summary>Lets others connect to a service.</summary>
    public void Listen(StreamService service, int port)
    {
        Socket socket = BothVersions.Bind(SocketType.Stream, ProtocolType.Tcp, port);
        socket.Listen();
        socket.Blocking = false;
        _poller.Add(socket, SelectMode.SelectRead, service);
    }

    /// <summary>Serves for ever.</summary>
    public void Serve()
    {
        while (true)
        {
            if (!_poller.Wait(-1, out Socket? socket, out object? state))
                continue;
            if (state is not StreamConnection connection)
                Accept(socket, (StreamService)state!);
            else if (!connection.Service.Serve(connection, _poller))
                End(connection);
        }
    }

    private void Accept(Socket listener, StreamService service)
    {
        for (int i = 0; i < AcceptedAtOnce && listener.TryAccept(out Socket? socket, out _); i++)
        {
            socket.Blocking = false;
            socket.NoDelay = true;
            StreamConnection connection = _spare ?? new StreamConnection();
            _spare = connection.Next;
            connection.Begin(socket, service);
            _poller.Add(socket, service.First, connection);
        }
    }

    private void End(StreamConnection connection)
    {
        connection.Service.OnEnd(connection);
        _poller.Remove(connection.Socket);
        connection.Socket.Close();
        connection.Next = _spare;
        _spare = connection;
    }
}
