using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack.Tcp;

namespace Guest.Fuzz.Inputs;

/// <summary>Segments and options into connections in every state, of both versions of IP, while the application does what it likes. A record begins with a byte that says
/// what happens and to whom; a segment is told by what differs from what would be right.</summary>
internal sealed class TcpTarget() : InputTarget("tcp", "segments and options into connections in every state, and what their application does")
{
    public const ushort OurPort = 80;

    // What happens: the low four bits. From zero on it is a segment.
    private const int Accept = 8;
    private const int SendBytes = 9;
    private const int ReceiveBytes = 10;
    private const int EndSome = 11;
    private const int Connect = 12;
    private const int Advance = 13;
    private const int Error = 14;
    private const int Configure = 15;

    // In what a segment differs from what would be right.
    private const int HasOffset = 1;
    private const int HasAckOffset = 2;
    private const int HasOptions = 4;
    private const int HasData = 8;
    private const int HasWindow = 16;
    private const int InPieces = 32;
    private const int HasTimestamps = 64;
    private const int HasSack = 128;

    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;

    private const int MostOptions = 40;
    private const int MostData = 1400;
    private const int MostSent = 16_384;
    private const int UsualWindow = 65_535;

    private static readonly int[] s_milliseconds = [1, 5, 20, 50, 200, 500, 1_000, 3_000, 10_000, 60_000, 200_000, 400_000, 7_300_000];

    public override byte[][] Words =>
    [
        TcpDialogue.Mss(1460), TcpDialogue.Mss(1), TcpDialogue.Shift(7), TcpDialogue.Shift(255), TcpDialogue.SackPermitted, [1, 1, 5, 10], [1, 1, 5, 18], [5, 34], [8, 10], [8, 2], [2, 4], [3, 2],
        [Syn, HasOptions], [Ack, HasData], [Ack, HasSack], [Ack | Fin, 0], [Rst, 0], [Rst | Ack, HasOffset], [Ack, HasTimestamps], [Advance, 4], [Advance, 6],
    ];

    public override byte[][] Seeds
    {
        get
        {
            byte[] open = [.. Opened(0), Accept];
            byte[] openIpv6 = [.. Opened(2), Accept];
            byte[] data = [0, Ack, HasData, 100, 0];
            byte[] end = [0, Ack | Fin, 0, EndSome, 0, 0, Ack, 0];
            byte[] send = [SendBytes, 0, 48];
            byte[] gap = [0, Ack, HasData | HasOffset, 100, 0, 200, 0];
            byte[] sack = [0, Ack, HasSack | HasAckOffset, 0, 0xf0, 0, 0, 0, 8];
            byte[] shut = [0, Ack, HasWindow, 0, 0];
            byte[] later = [Advance, 6];
            byte[] tooLong = [Error, 4, 200, 2, 0, 0];
            byte[] connect = [Connect, 0, Syn | Ack, HasOptions, 12, .. Offer, SendBytes, 100, 0, 0, Ack, 0];
            byte[] connectIpv6 = [Connect | 0x20, 0x20, Syn | Ack, HasOptions, 12, .. Offer, SendBytes, 100, 0, 0x20, Ack, 0];
            byte[] both = [Connect, 0, Syn, HasOptions, 12, .. Offer, 0, Ack, 0];
            return
            [
                [.. open, .. data, ReceiveBytes, 200, 0, .. send, 0, Ack, 0, .. end], [.. openIpv6, .. Turned(data), .. send, .. Turned([0, Ack, 0]), .. Turned([0, Ack | Fin, 0])],
                [.. open, .. gap, .. data, .. data, ReceiveBytes, 0, 2], [.. open, .. send, .. sack, .. later, 0, Ack, 0], [.. open, .. shut, .. send, .. later, .. later, 0, Ack, 0],
                [.. open, .. send, .. tooLong, .. later], connect, connectIpv6, both, [.. open, 0, Rst, 0], [.. open, 0, Rst | Ack, HasOffset, 5, 0, 0, Syn, 0],
                [.. open, .. send, EndSome, 0, .. later, 0, Ack | Fin, 0, .. later, 0, Syn, HasOptions, 12, .. Offer], [.. open, Configure, 7, .. send, Advance, 12, Advance, 11],
                [.. open, EndSome, 4, .. data, 0, Ack | Fin, 0], [.. open, 0, Ack | 0x20, HasData, 1, 0, .. send], [0, Syn | 0xc0, HasOptions, 12, .. Offer, 0, Ack, 0, Accept, .. send, 0, Ack | 0x40, 0],
            ];
        }
    }

    private static byte[] Offer => TcpDialogue.Concat(TcpDialogue.Mss(1000), TcpDialogue.Shift(3), TcpDialogue.SackPermitted);

    public override void Run(ReadOnlySpan<byte> input)
    {
        TcpBench bench = new();
        InputReader reader = new(input);
        while (!reader.AtEnd)
        {
            int what = reader.Byte();
            TcpPeer peer = bench.Peer(what >> 4);
            TcpEndpoint? connection = bench.Connections.Count == 0 ? null : bench.Connections[(what >> 6) % bench.Connections.Count];
            Do(what & 15, bench, peer, connection, ref reader);
            bench.Look();
        }

        bench.Settle();
    }

    private static void Do(int what, TcpBench bench, TcpPeer peer, TcpEndpoint? connection, ref InputReader reader)
    {
        switch (what)
        {
            case Accept:
                bench.Accept();
                break;
            case Connect:
                bench.Connect(peer);
                break;
            case Advance:
                // A device that takes nothing is tried every ten milliseconds: not for two hours.
                bench.Net.Device.Room = int.MaxValue;
                bench.Net.Advance(Duration.FromMilliseconds(s_milliseconds[reader.Byte() % s_milliseconds.Length]));
                break;
            case Error:
                byte code = reader.Byte();
                int mtu = reader.Word();
                peer.SendError(code, mtu, peer.Expected + (uint)(short)reader.Word() - 1);
                break;
            case Configure:
                SetOptions(bench, connection, reader.Byte());
                break;
            case SendBytes or ReceiveBytes or EndSome:
                Use(what, bench, connection, ref reader);
                break;
            default:
                SendSegment(bench, peer, ref reader);
                break;
        }
    }

    private static void Use(int what, TcpBench bench, TcpEndpoint? connection, ref InputReader reader)
    {
        int amount = what == EndSome ? reader.Byte() : reader.Word() % MostSent;
        if (connection is null)
            return;
        switch (what)
        {
            case SendBytes:
                connection.Send(new byte[amount]);
                break;
            case ReceiveBytes:
                connection.Receive(new byte[amount]);
                break;
            default:
                End(bench, connection, amount % 5);
                break;
        }
    }

    private static void End(TcpBench bench, TcpEndpoint connection, int how)
    {
        switch (how)
        {
            case 0:
                connection.ShutdownSend();
                break;
            case 1:
                connection.ShutdownReceive();
                break;
            default:
                bench.End(connection, aborts: how == 2);
                break;
        }
    }

    private static void SetOptions(TcpBench bench, TcpEndpoint? connection, int bits)
    {
        bench.Net.Device.Room = (bits & 0x80) != 0 ? 1 : int.MaxValue;
        bench.Net.Stack.Tcp.OffersEcn = (bits & 0x40) != 0;
        if (connection is null)
            return;
        connection.NoDelay = (bits & 1) != 0;
        connection.KeepAlive = (bits & 2) != 0;
        connection.ReceiveBufferSize = (bits & 4) != 0 ? 3_000 : 262_144;
        connection.SendBufferSize = (bits & 8) != 0 ? 3_000 : 262_144;
        connection.Linger = (bits & 16) != 0 ? Duration.FromSeconds(bits & 32) : null;
    }

    private static void SendSegment(TcpBench bench, TcpPeer peer, ref InputReader reader)
    {
        byte flags = reader.Byte();
        int how = reader.Byte();
        uint sequence = peer.Next + ((how & HasOffset) != 0 ? (uint)(short)reader.Word() : 0);
        uint acknowledgement = peer.Expected + ((how & HasAckOffset) != 0 ? (uint)(short)reader.Word() : 0);
        byte[] options = (how & HasOptions) != 0 ? reader.Take(Math.Min((int)reader.Byte(), MostOptions)).ToArray() : [];
        if ((how & HasTimestamps) != 0)
            options = With(options, TcpDialogue.Timestamps((uint)reader.Word(), peer.Clock));
        if ((how & HasSack) != 0)
            options = With(options, Sack(acknowledgement, ref reader));
        int length = (how & HasData) != 0 ? reader.Word() % MostData : 0;
        int window = (how & HasWindow) != 0 ? reader.Word() : UsualWindow;
        bench.Net.Device.PieceSize = (how & InPieces) != 0 ? 1 + (length / 3) : 0;
        if ((flags & Syn) != 0 && (flags & Ack) == 0)
            peer.LocalPort = peer.LocalPort == 0 || (flags & 0x20) != 0 ? OurPort : peer.LocalPort;
        peer.Send(flags, sequence, acknowledgement, window, options, new byte[length]);
    }

    private static byte[] Sack(uint acknowledgement, ref InputReader reader)
    {
        byte[] option = [1, 1, 5, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        uint start = acknowledgement + (uint)(short)reader.Word();
        SeenSegment.Write32(option.AsSpan(4), start);
        SeenSegment.Write32(option.AsSpan(8), start + (uint)reader.Word());
        return option;
    }

    private static byte[] With(byte[] options, byte[] more) =>
        options.Length + more.Length > MostOptions ? options : TcpDialogue.Concat(options, more);

    // A client opens a connection to the listener.
    private static byte[] Opened(int peer) => [(byte)(peer << 4), Syn, HasOptions, 12, .. Offer, (byte)(peer << 4), Ack, 0];

    // The same of a far end of IPv6.
    private static byte[] Turned(byte[] record) => [(byte)(record[0] | 0x20), .. record.AsSpan(1)];
}
