namespace System.Net.Sockets;

/// <summary>What <see cref="Socket.Poll"/> waits for; the BCL's values.</summary>
public enum SelectMode
{
    /// <summary>That something can be received, or that nothing will come any more.</summary>
    SelectRead = 0,

    /// <summary>That something can be sent.</summary>
    SelectWrite = 1,

    /// <summary>That it failed; a UDP socket here never does.</summary>
    SelectError = 2,
}
