namespace System.Net.Sockets;

/// <summary>What <see cref="Socket.Poll"/> waits for; the BCL's values.</summary>
public enum SelectMode
{
    /// <summary>That something can be received.</summary>
    SelectRead = 0,

    /// <summary>That something can be sent.</summary>
    SelectWrite = 1,

    /// <summary>An error; a UDP socket here never has one.</summary>
    SelectError = 2,
}
