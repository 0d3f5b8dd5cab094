using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What is known of a datagram that was received.</summary>
/// <param name="length">Bytes that were copied.</param>
/// <param name="datagramLength">Bytes that there were.</param>
/// <param name="source">Who sent it.</param>
/// <param name="sourcePort">From which port.</param>
public readonly struct UdpReceipt(int length, int datagramLength, IpAddress source, BigEndian16 sourcePort)
{
    /// <summary>The sender's port in transmission order.</summary>
    internal readonly BigEndian16 RawSourcePort = sourcePort;

    /// <summary>Bytes that were copied.</summary>
    public int Length => length;

    /// <summary>Bytes that there were; more than <see cref="Length"/> if they did not fit.</summary>
    public int DatagramLength => datagramLength;

    /// <summary>Who sent it.</summary>
    public IpAddress Source => source;

    /// <summary>From which port.</summary>
    public ushort SourcePort => RawSourcePort.Value;
}
