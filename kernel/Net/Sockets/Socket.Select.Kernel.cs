using System.Collections;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace System.Net.Sockets;

/// <summary>Waiting until something can be done: for one socket, or for several at once.</summary>
/// <remarks>As on Linux, a socket that failed, or whose other end is gone, is ready for whatever is asked: the call that follows says why.</remarks>
public partial class Socket
{
    private const Readiness Ended = Readiness.Error | Readiness.HangUp;

    /// <summary>Waits until the socket can be read or written, or has failed.</summary>
    /// <param name="microSeconds">How long at most; negative for ever.</param>
    /// <param name="mode">What for.</param>
    /// <returns>Whether it can.</returns>
    public bool Poll(int microSeconds, SelectMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)mode, (uint)SelectMode.SelectError);
        WaitQueue waiters = WaitersFor(mode);
        if (IsReady(mode))
            return true;
        Instant deadline = DeadlineOf(microSeconds);
        WaitSet wait = Processor.Current.Scheduler.Current.WaitSet;
        wait.Add(waiters);
        bool inTime;
        do
        {
            inTime = wait.Wait(deadline);
        }
        while (!IsReady(mode) && inTime);
        wait.Clear();
        return IsReady(mode);
    }

    /// <summary>Waits until any of several sockets is ready, and leaves only those in the lists that are.</summary>
    /// <param name="checkRead">Sockets to be read; null for none.</param>
    /// <param name="checkWrite">Sockets to be written; null for none.</param>
    /// <param name="checkError">Sockets that may fail; null for none.</param>
    /// <param name="microSeconds">How long to wait at most; negative for ever.</param>
    /// <exception cref="ArgumentNullException">There is no socket in any list.</exception>
    /// <exception cref="ArgumentException">Something in a list is no socket.</exception>
    public static void Select(IList? checkRead, IList? checkWrite, IList? checkError, int microSeconds)
    {
        if (CountOf(checkRead) + CountOf(checkWrite) + CountOf(checkError) == 0)
            throw new ArgumentNullException(nameof(checkRead), "there is nothing to select from");
        if (!IsAnyReady(checkRead, checkWrite, checkError) && microSeconds != 0)
            WaitForAny(checkRead, checkWrite, checkError, DeadlineOf(microSeconds));
        KeepReady(checkRead, SelectMode.SelectRead);
        KeepReady(checkWrite, SelectMode.SelectWrite);
        KeepReady(checkError, SelectMode.SelectError);
    }

    // How a poller knows it; null until one does.
    private PolledSocket? _polled;

    internal PolledSocket Polled => _polled ??= new PolledSocket(this);

    private static void WaitForAny(IList? checkRead, IList? checkWrite, IList? checkError, Instant deadline)
    {
        WaitSet wait = Processor.Current.Scheduler.Current.WaitSet;
        AddAll(wait, checkRead, SelectMode.SelectRead);
        AddAll(wait, checkWrite, SelectMode.SelectWrite);
        AddAll(wait, checkError, SelectMode.SelectError);
        while (wait.Wait(deadline) && !IsAnyReady(checkRead, checkWrite, checkError))
        {
        }

        wait.Clear();
    }

    private static void AddAll(WaitSet wait, IList? sockets, SelectMode mode)
    {
        for (int i = 0; i < CountOf(sockets); i++)
            wait.Add(SocketAt(sockets!, i).WaitersFor(mode));
    }

    private static bool IsAnyReady(IList? checkRead, IList? checkWrite, IList? checkError) =>
        IsAnyReady(checkRead, SelectMode.SelectRead) || IsAnyReady(checkWrite, SelectMode.SelectWrite) || IsAnyReady(checkError, SelectMode.SelectError);

    private static bool IsAnyReady(IList? sockets, SelectMode mode)
    {
        for (int i = 0; i < CountOf(sockets); i++)
        {
            if (SocketAt(sockets!, i).IsReady(mode))
                return true;
        }

        return false;
    }

    private static void KeepReady(IList? sockets, SelectMode mode)
    {
        int count = CountOf(sockets);
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            Socket socket = SocketAt(sockets!, i);
            if (socket.IsReady(mode))
                sockets![kept++] = socket;
        }

        while (count > kept)
            sockets!.RemoveAt(--count);
    }

    private static int CountOf(IList? sockets) => sockets is null ? 0 : sockets.Count;

    private static Socket SocketAt(IList sockets, int index) =>
        sockets[index] as Socket ?? throw new ArgumentException("only sockets can be selected from");

    internal static Instant DeadlineOf(int microSeconds) =>
        microSeconds < 0 ? Instant.Never : Platform.Current.Now + Duration.FromMicroseconds(microSeconds);

    // One that was closed meanwhile is ready, so that its owner's next call says so.
    internal bool IsReady(SelectMode mode) =>
        _transport is not { } transport || transport.Endpoint.IsReady(WantedBy(mode));

    internal static Readiness WantedBy(SelectMode mode) => mode switch
    {
        SelectMode.SelectRead => Readiness.Readable | Ended,
        SelectMode.SelectWrite => Readiness.Writable | Ended,
        _ => Ended,
    };

    // What fails, or ends, wakes both.
    internal WaitQueue WaitersFor(SelectMode mode) => WaitersOf(Transport.Endpoint, mode);

    internal static WaitQueue WaitersOf(Endpoint endpoint, SelectMode mode) => mode == SelectMode.SelectWrite ? endpoint.Writers : endpoint.Readers;

    // What the socket stands on now; null for one that was closed.
    internal Endpoint? Below => _transport?.Endpoint;
}
