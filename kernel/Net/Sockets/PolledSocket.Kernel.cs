using Guest.Core.Scheduling;

namespace System.Net.Sockets;

/// <summary>A socket that a poller waits for: made once for each socket, and used again with it.</summary>
internal sealed class PolledSocket(Socket socket) : Watcher
{
    private WaitQueue? _watched;

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
    public PolledSocket? NextQueued { get; set; }

    /// <summary>The one before.</summary>
    public PolledSocket? BeforeQueued { get; set; }

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
        _watched?.Remove(this);
        _watched = null;
        if (IsQueued)
            Poller!.Unqueue(this);
        Poller = null;
        State = null;
    }

    /// <summary>Hears of one kind of readiness alone.</summary>
    public void Watch(SelectMode mode)
    {
        _watched?.Remove(this);
        Mode = mode;
        _watched = socket.WaitersFor(mode);
        _watched.Add(this);
    }

    protected override void OnWake() => Poller!.OnWake(this);
}
