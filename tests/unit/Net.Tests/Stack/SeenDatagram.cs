using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>A UDP datagram that the stack sent.</summary>
internal sealed record SeenDatagram(IpAddress Source, IpAddress Destination, ushort SourcePort, ushort DestinationPort, byte[] Payload);
