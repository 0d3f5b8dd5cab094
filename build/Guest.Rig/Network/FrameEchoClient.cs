using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Guest.Rig.Network;

/// <summary>A client of whoever sends Ethernet frames back with their addresses exchanged (apps/Reflect), over a packet socket.</summary>
/// <remarks>Ethernet pads what is shorter than <see cref="LeastPayload"/>, so that shorter payloads do not come back as they went.</remarks>
public sealed class FrameEchoClient : EchoClient
{
    /// <summary>The EtherType that is reflected: IEEE 802's local experimental 1.</summary>
    public const ushort EtherType = 0x88b5;

    /// <summary>The shortest payload that a frame carries without padding.</summary>
    public const int LeastPayload = 46;

    private const int AddressSize = 6;
    private const int EthernetHeaderSize = 14;
    private const int SocketAddressSize = 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly byte[] _header = new byte[EthernetHeaderSize];
    private readonly byte[] _reply = new byte[EthernetHeaderSize];

    private FrameEchoClient(Socket socket, PhysicalAddress from, PhysicalAddress to)
        : base(socket)
    {
        to.GetAddressBytes().CopyTo(_header, 0);
        from.GetAddressBytes().CopyTo(_header, AddressSize);
        BinaryPrimitives.WriteUInt16BigEndian(_header.AsSpan(2 * AddressSize), EtherType);
        from.GetAddressBytes().CopyTo(_reply, 0);
        to.GetAddressBytes().CopyTo(_reply, AddressSize);
        _header.AsSpan(2 * AddressSize).CopyTo(_reply.AsSpan(2 * AddressSize));
    }

    /// <inheritdoc/>
    protected override int HeaderSize => EthernetHeaderSize;

    /// <summary>Opens one inside a namespace, or on the host where that is null.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="device">The interface by which frames go: the tap's name.</param>
    /// <param name="target">An address of the host that reflects, which is pinged to learn its link address.</param>
    public static FrameEchoClient Open(NetworkNamespace? network, string device, IPAddress target)
    {
        using (PingClient ping = PingClient.Open(network, target))
        {
            if (!ping.Run(new EchoPlan { Sizes = [0], Patience = s_patience }).Perfect)
                throw new RigException($"{target} does not answer pings, so that its link address is not known");
        }

        return network is null ? Connect() : network.Inside(Connect);

        FrameEchoClient Connect()
        {
            Socket socket = new(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);
            socket.Bind(new DeviceEnd(IndexOf(device)));
            return new FrameEchoClient(socket, AddressOf(device), NeighbourAt(target));
        }
    }

    /// <inheritdoc/>
    protected override void WriteHeader(Span<byte> packet) => _header.CopyTo(packet);

    /// <inheritdoc/>
    protected override bool TryReadPayload(Span<byte> packet, out Span<byte> payload)
    {
        payload = packet.Length < EthernetHeaderSize ? default : packet[EthernetHeaderSize..];
        return packet.StartsWith(_reply);
    }

    private static int IndexOf(string device) => NetworkInterface.GetAllNetworkInterfaces().Single(each => each.Name == device).GetIPProperties().GetIPv4Properties().Index;

    private static PhysicalAddress AddressOf(string device) => NetworkInterface.GetAllNetworkInterfaces().Single(each => each.Name == device).GetPhysicalAddress();

    // The thread's own, since the process' first thread stays in its namespace: address, hardware type, flags, link address, mask, device.
    private static PhysicalAddress NeighbourAt(IPAddress target)
    {
        string line = File.ReadLines("/proc/thread-self/net/arp").Single(each => each.Split(' ')[0] == target.ToString());
        return PhysicalAddress.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].ToUpper(CultureInfo.InvariantCulture).Replace(':', '-'));
    }

    /// <summary>Frames of the type by one interface: Linux's sockaddr_ll (packet(7)).</summary>
    private sealed class DeviceEnd(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, SocketAddressSize);
            BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], EtherType);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], index);
            return address;
        }

        public override EndPoint Create(SocketAddress socketAddress) => this;
    }
}
