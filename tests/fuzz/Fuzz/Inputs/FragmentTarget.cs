using System;
using System.Buffers.Binary;
using Guest.Core.Time;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>Fragments of datagrams whose every byte follows from its place, so that what is put together shows whether it was put together right.
/// A record: how, which of four datagrams, where (in units of 8), how much, and the length that the datagram's own header claims.</summary>
internal sealed class FragmentTarget() : InputTarget("fragments", "fragments of IPv4 datagrams, in any order and overlapping")
{
    private const int More = 1;
    private const int MostData = 1480;
    private static readonly byte[] s_pattern = MakePattern();

    public override byte[][] Seeds =>
    [
        [.. Record(More, 0, 0, 800, 1600), .. Record(0, 0, 100, 800, 0)],
        [.. Record(0, 1, 100, 800, 0), .. Record(More, 1, 0, 800, 1600), .. Record(More, 2, 0, 64, 100)],
        [.. Record(More, 0, 0, 800, 1600), .. Record(More, 0, 50, 800, 0), .. Record(0, 0, 100, 800, 0)],
        [.. Record(More, 3, 0, 8, 24), .. Record(More, 3, 1, 8, 0), .. Record(0, 3, 2, 8, 0)],
        Record(0, 0, 8191, 1480, 0),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        NetworkBench bench = new() { Taken = CheckContent };
        bench.Net.IntroducePeer();
        InputReader reader = new(input);
        while (!reader.AtEnd)
        {
            int how = reader.Byte();
            byte id = reader.Byte();
            int place = reader.Word() & 0x1fff;
            int length = Math.Min(reader.Word(), MostData);
            int claimed = reader.Word();
            bench.Net.Device.PieceSize = (how & 2) != 0 ? 1 + (length / 2) : 0;
            byte[] data = s_pattern.AsSpan(place * 8, length).ToArray();
            if (place == 0 && length >= UdpHeader.Size)
                WriteHeader(data, claimed);
            IpAddress source = (how & 4) != 0 ? Frames.Ip("10.0.0.3") : Frames.Peer;
            bench.Net.Receive(Frames.Ipv4(IpProtocol.Udp, data, source, id: (ushort)(id & 3), fragment: (ushort)(place | ((how & More) != 0 ? 0x2000 : 0))));
            if ((how & 8) != 0)
                bench.Echo();
            if ((how & 16) != 0)
                bench.Net.Advance(Duration.FromSeconds(how >> 5));
            bench.CountSent();
        }

        bench.Settle();
    }

    private static void CheckContent(ReadOnlyMemory<byte> payload) =>
        Assert.True(payload.Span.SequenceEqual(s_pattern.AsSpan(UdpHeader.Size, payload.Length)), "a datagram was put together wrong");

    private static void WriteHeader(Span<byte> data, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data, 4000);
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], 7);
        BinaryPrimitives.WriteUInt16BigEndian(data[4..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(data[6..], 0);
    }

    private static byte[] MakePattern()
    {
        byte[] pattern = new byte[0x1_0000 + MostData];
        for (int i = 0; i < pattern.Length; i++)
            pattern[i] = (byte)((i * 7) + (i >> 8));
        return pattern;
    }

    private static byte[] Record(int how, byte id, int place, int length, int claimed) =>
        [(byte)(how | 8), id, (byte)place, (byte)(place >> 8), (byte)length, (byte)(length >> 8), (byte)claimed, (byte)(claimed >> 8)];
}
