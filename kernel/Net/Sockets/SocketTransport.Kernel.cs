using Guest.Net.Stack;
using Guest.Net.Wire;

namespace System.Net.Sockets;

/// <summary>What a socket of one protocol does, in one role. Its calls do not wait for a peer: they do what can be done now, or answer <see cref="SocketError.WouldBlock"/>, and the
/// socket waits for the endpoint's readiness and asks again.</summary>
internal abstract class SocketTransport
{
    /// <summary>What stands for any of the host's addresses: of IPv6 for a socket of that family.</summary>
    public IpAddress AnyAddress { get; init; } = IpAddress.AnyIpv4;

    /// <summary>Whether a socket of IPv6 takes IPv4 too.</summary>
    public bool IsDual { get; set; }

    /// <summary>What the socket stands on.</summary>
    public abstract Endpoint Endpoint { get; }

    /// <summary>What it carries.</summary>
    public abstract SocketType SocketType { get; }

    /// <summary>What it speaks.</summary>
    public abstract ProtocolType ProtocolType { get; }

    /// <summary>Whether there is another end.</summary>
    public abstract bool IsConnected { get; }

    /// <summary>Bytes that can be received at once.</summary>
    public abstract int Available { get; }

    /// <summary>Takes an address and a port.</summary>
    public abstract SocketError Bind(IpAddress address, ushort port);

    /// <summary>Begins to be connected; <see cref="SocketError.WouldBlock"/> while that is under way.</summary>
    public abstract SocketError Connect(IpAddress address, ushort port);

    /// <summary>What became of connecting; <see cref="SocketError.WouldBlock"/> while it is under way.</summary>
    public virtual SocketError ConnectResult() => SocketError.Success;

    /// <summary>Is as it was before it was connected in vain.</summary>
    public virtual SocketError BeginAnew() => SocketError.Success;

    /// <summary>Takes what has come.</summary>
    public abstract SocketError Receive(Span<byte> destination, SocketFlags flags, out int length);

    /// <summary>Gives what there is room for, from the front.</summary>
    public abstract SocketError Send(ReadOnlySpan<byte> source, out int length);

    /// <summary>Whether an error of <see cref="Send"/> is a loss as any network may have it, of which only those are told who ask.</summary>
    public virtual bool IsLoss(SocketError error) => false;

    /// <summary>What lets others connect, instead of this; null if nothing does.</summary>
    public virtual SocketTransport? Listen(int backlog, out SocketError error)
    {
        error = SocketError.OperationNotSupported;
        return null;
    }

    /// <summary>Takes a connection that came.</summary>
    public virtual SocketError Accept(out Socket? accepted)
    {
        accepted = null;
        return SocketError.OperationNotSupported;
    }

    /// <summary>Ends one direction, or both.</summary>
    public virtual SocketError Shutdown(SocketShutdown how) => SocketError.OperationNotSupported;

    /// <summary>Reads an option.</summary>
    public virtual SocketError GetOption(SocketOptionLevel level, SocketOptionName name, out int value)
    {
        value = 0;
        return SocketError.ProtocolOption;
    }

    /// <summary>Sets an option.</summary>
    public virtual SocketError SetOption(SocketOptionLevel level, SocketOptionName name, int value) => SocketError.ProtocolOption;

    /// <summary>For how long closing lets what was sent be delivered; null for as long as it takes.</summary>
    public virtual Guest.Core.Time.Duration? Linger
    {
        get => null;
        set => Socket.Throw(SocketError.ProtocolOption);
    }

    /// <summary>Gives the endpoint back.</summary>
    public abstract void Close();

    /// <summary>What a wish for an address and a port comes to.</summary>
    protected static SocketError ErrorOf(BindStatus status) => status switch
    {
        BindStatus.Bound => SocketError.Success,
        BindStatus.InUse => SocketError.AddressAlreadyInUse,
        _ => SocketError.AddressNotAvailable,
    };
}
