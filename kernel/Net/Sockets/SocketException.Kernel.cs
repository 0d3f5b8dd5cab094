namespace System.Net.Sockets;

/// <summary>A socket could not do what it was asked. In the kernel this ends the machine with a panic, so it is thrown only for what the
/// program itself got wrong; never for what a peer, the network or the clock can cause.</summary>
public sealed class SocketException : Exception
{
    /// <summary>Makes one from an error's number.</summary>
    public SocketException(int errorCode)
        : base(Describe((SocketError)errorCode)) => ErrorCode = errorCode;

    /// <summary>The error's number.</summary>
    public int ErrorCode { get; }

    /// <summary>The error.</summary>
    public SocketError SocketErrorCode => (SocketError)ErrorCode;

    private static string Describe(SocketError error) => error switch
    {
        SocketError.WouldBlock => "socket: nothing there yet, and it does not block",
        SocketError.DestinationAddressRequired => "socket: no destination",
        SocketError.MessageSize => "socket: the datagram is longer than 65,507 bytes",
        SocketError.ProtocolOption => "socket: no such option",
        SocketError.ProtocolNotSupported => "socket: protocol not supported",
        SocketError.SocketNotSupported => "socket: only SocketType.Dgram and Stream are supported",
        SocketError.OperationNotSupported => "socket: operation not supported",
        SocketError.AddressFamilyNotSupported => "socket: the address is of another family",
        SocketError.AddressAlreadyInUse => "socket: address and port are in use",
        SocketError.AddressNotAvailable => "socket: no interface has this address",
        SocketError.NetworkDown => "socket: the machine has no network",
        SocketError.ConnectionReset => "socket: reset by the other end",
        SocketError.ConnectionRefused => "socket: connection refused",
        SocketError.TimedOut => "socket: timed out",
        SocketError.NotConnected => "socket: not connected",
        SocketError.HostNotFound => "no such host is known",
        SocketError.TryAgain => "no name server answers",
        SocketError.NoData => "the host has no address of the family",
        _ => "socket: error",
    };
}
