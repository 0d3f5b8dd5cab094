namespace System.Net.Sockets;

/// <summary>How to send or receive; the BCL's values. The kernel knows <see cref="None"/> alone.</summary>
[Flags]
public enum SocketFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,
}
