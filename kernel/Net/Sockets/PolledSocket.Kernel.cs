using System.Runtime.CompilerServices;
using Guest.Core.Scheduling;
using Guest.Net.Stack;

namespace System.Net.Sockets;

/// <summary>A socket that a poller waits for: made once for each socket, and used again with it.</summary>
internal sealed class PolledSocket(Socket socket) : Watcher
{
    private Endpoint? _watched;
    private Readiness _wanted;

    /// <summary>The socket.</summary>
    public Socket Socket => socket;

    /// <summary>Who waits for it; null for nobody.</summary>
    public SocketPoller? Poller { get; private set; }

    /// <summary>What is waited for.</summary>
    public SelectMode Mode { get; private set; }

    /// <summary>What the poller was given with it.</summary>
    public object? State { get; private set; }

    /// <summary>Whether it is among those that the poller will look at.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The next of those.</summary>
    public PolledSocket? NextQueued;

    /// <summary>The one before.</summary>
    public PolledSocket? BeforeQueued;

    /// <summary>Belongs to a poller from now on.</summary>
    public void Begin(SocketPoller poller, object? state)
    {
        if (Poller is not null)
            throw new InvalidOperationException("a poller has the socket already");
        Poller = poller;
        State = state;
    }

    /// <summary>Belongs to none any more.</summary>
    public void End()
    {
        Unwatch();
        if (IsQueued)
            Poller!.Unqueue(this);
        Poller = null;
        State = null;
    }

    /// <summary>Hears of one kind of readiness alone.</summary>
    public void Watch(SelectMode mode)
    {
        Unwatch();
        Mode = mode;
        _wanted = Socket.WantedBy(mode);
        _watched = socket.Below;
        socket.WaitersFor(mode).Add(this);
    }

    /// <summary>Whether it is ready: of what it was when <see cref="Watch"/> was called.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsReady() => _watched!.IsReady(_wanted);

    private void Unwatch()
    {
        if (_watched is { } watched)
            Socket.WaitersOf(watched, Mode).Remove(this);
        _watched = null;
    }

    protected override void OnWake() => Poller!.OnWake(this);
}
