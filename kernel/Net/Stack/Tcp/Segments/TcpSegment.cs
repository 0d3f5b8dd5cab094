using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>A segment that arrived, its header read and its checksum right; RFC 9293 writes SEG for it.</summary>
/// <remarks>Made on the stack for each arrival and passed by reference. Whoever takes <see cref="Buffer"/> sets it to null; who made the segment releases what nobody took.</remarks>
internal ref struct TcpSegment
{
    /// <summary>The payload, in one or more buffers; null once somebody has it.</summary>
    public PacketBuffer? Buffer;

    /// <summary>Where it came from and by which interface.</summary>
    public PacketInfo Info;

    /// <summary>Its ports, the way they lie in an answer: this host's first.</summary>
    public BigEndian16 LocalPort;

    /// <summary>The sender's port.</summary>
    public BigEndian16 RemotePort;

    /// <summary>The number of its first byte (SEG.SEQ).</summary>
    public SequenceNumber Sequence;

    /// <summary>What the sender expects next (SEG.ACK).</summary>
    public SequenceNumber Acknowledgement;

    /// <summary>The window as it lies in the header, not scaled (SEG.WND).</summary>
    public int Window;

    /// <summary>Bytes of payload.</summary>
    public int Length;

    /// <summary>The control bits.</summary>
    public TcpFlags Flags;

    /// <summary>Whether a router met congestion and marked the packet instead of dropping it (RFC 3168, 5).</summary>
    public bool IsMarked;

    /// <summary>The options.</summary>
    public TcpOptions Options;

    /// <summary>The number behind the last byte, SYN and FIN counted (SEG.SEQ + SEG.LEN).</summary>
    public readonly SequenceNumber End
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Sequence + (Length + ((int)(Flags & TcpFlags.Syn) >> 1) + (int)(Flags & TcpFlags.Fin));
    }

    /// <summary>Whether a control bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Has(TcpFlags flag) => (Flags & flag) != 0;
}
