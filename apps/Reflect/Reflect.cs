using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Reflect;

/// <summary>Sends every frame of one EtherType back to whoever sent it to this host: the addresses change places, all else stays. What no stack can be
/// faster than.</summary>
/// <remarks>The same source runs as a Linux process, which must be allowed to open raw sockets, and as an appliance. The loop allocates nothing. A
/// frame for a group is not answered: this host's own address is not in it.</remarks>
internal static class Reflect
{
    // IEEE 802, 9.2.4: local experimental EtherType 1. Nobody else on a network speaks it.
    private const ushort LocalExperimental = 0x88b5;

    private const int LongestFrame = 65_536;
    private const int AddressSize = 6;
    private const int SourceEnd = (2 * AddressSize) - sizeof(uint);
    private const int HeaderSize = 14;

    // Of Linux's sockaddr_ll (packet(7)): where it says to whom a frame was sent, and that it was this host.
    private const int PacketTypeAt = 10;
    private const byte ToThisHost = 0;

    private static int Main(string[] args)
    {
        if (args.Length != 0)
        {
            Console.WriteLine("usage: reflect   (answers Ethernet frames of type 88b5)");
            return 2;
        }

        using Socket socket = new(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);
        socket.Bind(new EveryInterface(LocalExperimental));
        Console.WriteLine("reflect: Ethernet frames of type 88b5");
        byte[] frame = new byte[LongestFrame];
        SocketAddress sender = new(AddressFamily.Packet);
        int addressSize = sender.Size;
        while (true)
        {
            sender.Size = addressSize;
            int length = socket.ReceiveFrom(frame, SocketFlags.None, sender, out _);
            if (length < HeaderSize || sender[PacketTypeAt] != ToThisHost)
                continue;
            SwapAddresses(frame);
            socket.SendTo(frame.AsSpan(0, length), SocketFlags.None, sender, out _);
        }
    }

    private static void SwapAddresses(Span<byte> frame)
    {
        ulong destination = BinaryPrimitives.ReadUInt64LittleEndian(frame);
        uint source = BinaryPrimitives.ReadUInt32LittleEndian(frame[SourceEnd..]);
        ulong sourceStart = destination >> (8 * AddressSize);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, sourceStart | ((ulong)source << 16) | (destination << (8 * AddressSize)));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[SourceEnd..], (uint)(destination >> 16));
    }
}
