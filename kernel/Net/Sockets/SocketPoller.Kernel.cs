using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Memory;
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
        Instant deadline = microSeconds < 0 ? Instant.Never : Socket.DeadlineOf(microSeconds);
        bool inTime = true;
        while (!TryTake(out ready, out state))
        {
            if (!inTime)
                return false;
            inTime = _waiters.Wait(deadline);
        }

        return true;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake([NotNullWhen(true)] out Socket? ready, out object? state)
    {
        while (_first is { } polled)
        {
            if (!polled.IsReady())
            {
                Unqueue(polled);
                continue;
            }

            // It may stay ready: it is looked at again behind all others.
            if (polled.NextQueued is { } next)
                PutLast(polled, next);
            ready = polled.Socket;
            state = polled.State;
            return true;
        }

        ready = null;
        state = null;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Queue(PolledSocket polled)
    {
        polled.IsQueued = true;
        Reference.Set(ref polled.BeforeQueued, _last);
        if (_last is null)
            Reference.Set(ref _first, polled);
        else
            Reference.Set(ref _last.NextQueued, polled);
        Reference.Set(ref _last, polled);
    }

    // Of the first, behind which there are others.
    private void PutLast(PolledSocket first, PolledSocket next)
    {
        next.BeforeQueued = null;
        Reference.Set(ref _first, next);
        first.NextQueued = null;
        Reference.Set(ref first.BeforeQueued, _last);
        Reference.Set(ref _last!.NextQueued, first);
        Reference.Set(ref _last, first);
    }

    internal void Unqueue(PolledSocket polled)
    {
        PolledSocket? before = polled.BeforeQueued;
        PolledSocket? next = polled.NextQueued;
        if (before is null)
            Reference.Set(ref _first, next);
        else
            Reference.Set(ref before.NextQueued, next);
        if (next is null)
            Reference.Set(ref _last, before);
        else
            Reference.Set(ref next.BeforeQueued, before);
        polled.NextQueued = null;
        polled.BeforeQueued = null;
        polled.IsQueued = false;
    }
}
