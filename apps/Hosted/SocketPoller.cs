using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Guest.Hosted;

/// <summary>The kernel's way of waiting for many sockets at once, by the BCL's <see cref="Socket.Select(System.Collections.IList, System.Collections.IList, System.Collections.IList, int)"/>.</summary>
internal sealed class SocketPoller
{
    private readonly Dictionary<Socket, (SelectMode Mode, object? State)> _all = [];
    private readonly Queue<Socket> _ready = [];

    /// <summary>Waits for a socket, too, until it is removed, which comes before it is closed.</summary>
    public void Add(Socket socket, SelectMode mode, object? state) => _all.Add(socket, (mode, state));

    /// <summary>Waits for something else of a socket from now on.</summary>
    public void Change(Socket socket, SelectMode mode) => _all[socket] = (mode, _all[socket].State);

    /// <summary>Waits for a socket no more.</summary>
    public void Remove(Socket socket) => _all.Remove(socket);

    /// <summary>Waits until a socket is ready. All that are get their turn.</summary>
    public bool Wait(int microSeconds, [NotNullWhen(true)] out Socket? ready, out object? state)
    {
        if (_ready.Count == 0)
            Select(microSeconds);
        state = null;
        while (_ready.TryDequeue(out ready))
        {
            if (!_all.TryGetValue(ready, out (SelectMode Mode, object? State) entry))
                continue;
            state = entry.State;
            return true;
        }

        return false;
    }

    private void Select(int microSeconds)
    {
        List<Socket> read = [];
        List<Socket> write = [];
        foreach ((Socket socket, (SelectMode mode, _)) in _all)
            (mode == SelectMode.SelectWrite ? write : read).Add(socket);
        Socket.Select(read, write, null, microSeconds);
        foreach (Socket socket in read)
            _ready.Enqueue(socket);
        foreach (Socket socket in write)
            _ready.Enqueue(socket);
    }
}
