namespace System.Net.Sockets;

/// <summary>What went wrong; the BCL's values, of those that the kernel has a use for.</summary>
public enum SocketError
{
    /// <summary>Nothing.</summary>
    Success = 0,

    /// <summary>The socket was closed while a thread waited for it.</summary>
    OperationAborted = 995,

    /// <summary>A broadcast was not allowed: set <see cref="Socket.EnableBroadcast"/>.</summary>
    AccessDenied = 10013,

    /// <summary>It is too late for that.</summary>
    InvalidArgument = 10022,

    /// <summary>The socket does not block, and would have to.</summary>
    WouldBlock = 10035,

    /// <summary>A connection is being opened.</summary>
    AlreadyInProgress = 10037,

    /// <summary>No destination was given, and the socket is not connected.</summary>
    DestinationAddressRequired = 10039,

    /// <summary>The datagram is longer than 65,507 bytes.</summary>
    MessageSize = 10040,

    /// <summary>The socket has no such option, or not for that value.</summary>
    ProtocolOption = 10042,

    /// <summary>The protocol is not there.</summary>
    ProtocolNotSupported = 10043,

    /// <summary>The type of socket is not there.</summary>
    SocketNotSupported = 10044,

    /// <summary>The flag or operation is not there.</summary>
    OperationNotSupported = 10045,

    /// <summary>The family of addresses is not there.</summary>
    AddressFamilyNotSupported = 10047,

    /// <summary>Another socket has the address and port.</summary>
    AddressAlreadyInUse = 10048,

    /// <summary>No interface has the address.</summary>
    AddressNotAvailable = 10049,

    /// <summary>The machine has no network.</summary>
    NetworkDown = 10050,

    /// <summary>Nothing leads to the destination, or the link is down.</summary>
    NetworkUnreachable = 10051,

    /// <summary>This side ended the connection.</summary>
    ConnectionAborted = 10053,

    /// <summary>The other end reset the connection.</summary>
    ConnectionReset = 10054,

    /// <summary>The device stayed full, or there was no memory.</summary>
    NoBufferSpaceAvailable = 10055,

    /// <summary>The socket is connected already.</summary>
    IsConnected = 10056,

    /// <summary>The socket is not connected.</summary>
    NotConnected = 10057,

    /// <summary>Sending was shut down.</summary>
    Shutdown = 10058,

    /// <summary>Nothing came in time.</summary>
    TimedOut = 10060,

    /// <summary>The other host has nobody on that port.</summary>
    ConnectionRefused = 10061,

    /// <summary>There is no such name.</summary>
    HostNotFound = 11001,

    /// <summary>No name server could be asked, or none knew: later it may be otherwise.</summary>
    TryAgain = 11002,

    /// <summary>The name has no address of the family.</summary>
    NoData = 11004,
}
