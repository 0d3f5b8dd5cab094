using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Echo;

/// <summary>The three services over UDP, each with a socket and a thread of its own.</summary>
internal static class Datagrams
{
    private const int LongestDatagram = 65_536;
    private const int FirstPortOfClients = 1024;

    /// <summary>RFC 862: whatever comes goes back to its sender.</summary>
    public static void Echo(Socket socket)
    {
        byte[] buffer = new byte[LongestDatagram];
        SocketAddress sender = new(socket.AddressFamily);
        while (true)
        {
            int length = socket.ReceiveFrom(buffer, SocketFlags.None, sender);
            socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, sender);
        }
    }

    /// <summary>RFC 863: whatever comes is thrown away.</summary>
    public static void Discard(Socket socket)
    {
        byte[] buffer = new byte[1];
        while (true)
            socket.Receive(buffer, SocketFlags.None, out _);
    }

    /// <summary>RFC 864: whatever comes is answered by a line of characters.</summary>
    /// <remarks>Not to ports below 1024: a sender that is not who it says could set two services upon one another for ever.</remarks>
    public static void Generate(Socket socket)
    {
        byte[] buffer = new byte[1];
        SocketAddress sender = new(socket.AddressFamily);
        int line = 0;
        while (true)
        {
            socket.ReceiveFrom(buffer, SocketFlags.None, sender, out SocketError error);
            if (error != SocketError.Success || BinaryPrimitives.ReadUInt16BigEndian(sender.Buffer.Span[2..]) < FirstPortOfClients)
                continue;
            socket.SendTo(Characters.Line(line), SocketFlags.None, sender, out _);
            line = (line + 1) % Characters.Lines;
        }
    }
}
