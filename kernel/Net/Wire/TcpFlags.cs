using System;

namespace Guest.Net.Wire;

/// <summary>The control bits of a TCP header (RFC 9293, 3.1).</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The sender has no more to send.</summary>
    Fin = 1,

    /// <summary>Sequence numbers begin here.</summary>
    Syn = 2,

    /// <summary>The connection is not, or is no more.</summary>
    Rst = 4,

    /// <summary>To be given to the application without delay.</summary>
    Psh = 8,

    /// <summary>The acknowledgement number means something.</summary>
    Ack = 16,

    /// <summary>The urgent pointer means something.</summary>
    Urg = 32,

    /// <summary>Congestion was met on the way (RFC 3168, 6.1).</summary>
    Ece = 64,

    /// <summary>The sender has slowed down since (RFC 3168, 6.1).</summary>
    Cwr = 128,
}
