namespace System.Net.Sockets;

/// <summary>How to send or receive; the BCL's values. Of those, what the kernel knows.</summary>
[Flags]
public enum SocketFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>What is received of a stream stays there.</summary>
    Peek = 2,
}
