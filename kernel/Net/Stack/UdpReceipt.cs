using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What is known of a datagram that was received.</summary>
/// <param name="Length">Bytes that were copied.</param>
/// <param name="DatagramLength">Bytes that there were; more than <paramref name="Length"/> if they did not fit.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="SourcePort">From which port.</param>
public readonly record struct UdpReceipt(int Length, int DatagramLength, IpAddress Source, ushort SourcePort);
