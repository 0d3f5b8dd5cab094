using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Reflect;

/// <summary>Frames of one EtherType by any interface, as Linux's <c>sockaddr_ll</c> says it (packet(7)).</summary>
internal sealed class EveryInterface(ushort etherType) : EndPoint
{
    private const int Size = 20;
    private const int ProtocolAt = 2;

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    public override SocketAddress Serialize()
    {
        SocketAddress address = new(AddressFamily.Packet, Size);
        BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[ProtocolAt..], etherType);
        return address;
    }

    public override EndPoint Create(SocketAddress socketAddress) =>
        new EveryInterface(BinaryPrimitives.ReadUInt16BigEndian(socketAddress.Buffer.Span[ProtocolAt..]));
}
