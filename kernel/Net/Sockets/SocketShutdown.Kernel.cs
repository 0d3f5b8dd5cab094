namespace System.Net.Sockets;

/// <summary>Which direction of a stream ends; the BCL's values.</summary>
public enum SocketShutdown
{
    /// <summary>Nothing will be received any more.</summary>
    Receive = 0,

    /// <summary>Nothing will be sent any more.</summary>
    Send = 1,

    /// <summary>Neither.</summary>
    Both = 2,
}
