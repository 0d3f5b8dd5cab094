using System.Diagnostics.CodeAnalysis;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace System.Net.Sockets;

/// <summary>Waits for many sockets at once, where <see cref="Socket.Select"/> would look at all of them each time: one that nothing happens to costs nothing. What epoll is on
/// Linux, by level.</summary>
/// <remarks>The BCL has none; apps/Hosted has it for the same source on Linux.</remarks>
public sealed class SocketPoller
{
    private readonly WaitQueue _waiters = new();

    // Those that something may have happened to: whether they are ready is looked at when their turn comes.
    private PolledSocket? _first;
    private PolledSocket? _last;

    /// <summary>Waits for a socket, too, until it is removed or closed.</summary>
    /// <param name="socket">The socket; no other poller has it.</param>
    /// <param name="mode">What for.</param>
    /// <param name="state">What <see cref="Wait"/> returns with it.</param>
    public void Add(Socket socket, SelectMode mode, object? state)
    {
        PolledSocket polled = socket.Polled;
        polled.Begin(this, state);
        Watch(polled, mode);
    }

    /// <summary>Waits for something else of a socket from now on.</summary>
    public void Change(Socket socket, SelectMode mode)
    {
        PolledSocket polled = socket.Polled;
        if (polled.Poller != this)
            throw new InvalidOperationException("add the socket first");
        if (polled.Mode != mode)
            Watch(polled, mode);
    }

    /// <summary>Waits for a socket no more.</summary>
    public void Remove(Socket socket) => socket.Polled.End();

    /// <summary>Waits until a socket is ready. All that are get their turn.</summary>
    /// <param name="microSeconds">How long at most; negative for ever.</param>
    /// <param name="ready">The socket.</param>
    /// <param name="state">What was added with it.</param>
    /// <returns>False if none was in time.</returns>
    public bool Wait(int microSeconds, [NotNullWhen(true)] out Socket? ready, out object? state)
    {
        if (TryTake(out ready, out state))
            return true;
        Instant deadline = Socket.DeadlineOf(microSeconds);
        bool inTime;
        do
        {
            inTime = _waiters.Wait(deadline);
            if (TryTake(out ready, out state))
                return true;
        }
        while (inTime);
        return false;
    }

    internal void OnWake(PolledSocket polled)
    {
        if (polled.IsQueued)
            return;
        Queue(polled);
        _waiters.WakeOne();
    }

    private void Watch(PolledSocket polled, SelectMode mode)
    {
        polled.Watch(mode);
        if (!polled.IsQueued)
            Queue(polled);
        _waiters.WakeOne();
    }

    private bool TryTake([NotNullWhen(true)] out Socket? ready, out object? state)
    {
        while (_first is { } polled)
        {
            Unqueue(polled);
            if (!polled.Socket.IsReady(polled.Mode))
                continue;

            // It may stay ready: it is looked at again behind all others.
            Queue(polled);
            ready = polled.Socket;
            state = polled.State;
            return true;
        }

        ready = null;
        state = null;
        return false;
    }

    private void Queue(PolledSocket polled)
    {
        polled.IsQueued = true;
        polled.BeforeQueued = _last;
        if (_last is null)
            _first = polled;
        else
            _last.NextQueued = polled;
        _last = polled;
    }

    internal void Unqueue(PolledSocket polled)
    {
        if (polled.BeforeQueued is null)
            _first = polled.NextQueued;
        else
            polled.BeforeQueued.NextQueued = polled.NextQueued;
        if (polled.NextQueued is null)
            _last = polled.BeforeQueued;
        else
            polled.NextQueued.BeforeQueued = polled.BeforeQueued;
        polled.NextQueued = null;
        polled.BeforeQueued = null;
        polled.IsQueued = false;
    }
}
