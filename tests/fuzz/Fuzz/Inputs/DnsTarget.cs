using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>Answers of name servers: for each a byte that says how true its head is, and to which of the open questions it goes, its flags and its counts, the length of its records, and those.
/// Behind each time may pass.</summary>
internal sealed class DnsTarget() : InputTarget("dns", "answers of name servers")
{
    private const int Headers = EthernetHeader.Size + Ipv4Header.Size;
    private const int MostRecords = 600;
    private const int WrongIdentifier = 1;
    private const int WrongQuestion = 2;
    private const int WrongPort = 4;
    private const int Last = 8;

    public override byte[][] Words =>
        [[0x81, 0x80], [0x83, 0x80], [0x81, 0x83], [0xc0, 12], [0xc0, 16], [3, 119, 119, 119, 4, 116, 101, 115, 116, 0], [0, 1, 0, 1], [0, 5, 0, 1], [0, 6, 0, 1], [0, 28, 0, 1], [0, 0, 0, 60, 0, 4], [0xff, 0xff]];

    public override byte[][] Seeds
    {
        get
        {
            byte[] address = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7];
            byte[] alias = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, (byte)'a', 0xc0, 16];
            byte[] loop = [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 12];
            byte[] start = [0xc0, 16, 0, 6, 0, 1, 0, 0, 0, 60, 0, 24, 0xc0, 16, 0xc0, 16, .. new byte[20]];
            byte[] ipv6 = [0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0x20, 1, 0xd, 0xb8, .. new byte[12]];
            return
            [
                [.. Record(0, 0x8180, 1, 0, address), .. Record(0, 0x8180, 1, 0, ipv6)], [.. Record(0, 0x8180, 1, 0, alias), .. Record(Last, 0x8180, 1, 0, address)],
                Record(0, 0x8180, 1, 0, loop), Record(0x10, 0x8183, 0, 1, start), Record(0, 0x8380, 0, 0, []), [.. Record(1, 0x8180, 1, 0, address), .. Record(2, 0x8180, 1, 0, address), .. Record(0xf4, 0x8182, 0, 0, [])],
            ];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        AddressList servers = default;
        servers.Add(Frames.Peer);
        servers.Add(Frames.Ip("10.0.0.3"));
        NetworkBench bench = new(InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24), nameServers: servers));
        Dialogue net = bench.Net;
        net.IntroducePeer();
        net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, servers[1], default, Frames.Us));
        List<byte[]> open = [];
        DnsLookup lookup = net.Stack.Names.CreateLookup();
        lookup.Begin("www.test", ipv4: true, ipv6: true);
        InputReader reader = new(input);
        while (!reader.AtEnd)
        {
            TakeQuestions(bench, open);
            int how = reader.Byte();
            byte[] answer = Answer(how, open, ref reader);
            if (open.Count != 0)
                net.Receive(answer);
            lookup.TryFinish();
            if (how >> 4 != 0)
                net.Advance(Duration.FromMilliseconds((how >> 4) * 250));
        }

        // Whatever was said, there is an end.
        net.Advance(Duration.FromSeconds(120));
        TakeQuestions(bench, open);
        Assert.True(lookup.TryFinish(), "a question is never given up");
        Assert.InRange(lookup.Count, 0, 2 * DnsAnswer.Capacity);
        Assert.Equal(lookup.Outcome == DnsOutcome.Found, lookup.Count != 0);
        lookup.Close();
        bench.Settle();
    }

    /// <summary>Takes note of the questions among what was sent.</summary>
    private static void TakeQuestions(NetworkBench bench, List<byte[]> open)
    {
        foreach (byte[] frame in bench.Net.Device.Sent)
        {
            if (frame.Length > Headers + UdpHeader.Size && frame[23] == (byte)IpProtocol.Udp && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Headers + 2)) == DnsMessage.ServerPort)
                open.Add(frame);
        }

        bench.CountSent();
    }

    private static byte[] Answer(int how, List<byte[]> open, ref InputReader reader)
    {
        ReadOnlySpan<byte> flags = reader.Take(2);
        byte answers = reader.Byte();
        byte authorities = reader.Byte();
        ReadOnlySpan<byte> records = reader.Take(Math.Min(reader.Word(), MostRecords));
        if (open.Count == 0)
            return [];
        int which = (how & Last) != 0 || open.Count < 2 ? open.Count - 1 : open.Count - 2;
        byte[] question = open[which];
        ReadOnlySpan<byte> message = question.AsSpan(Headers + UdpHeader.Size);
        byte[] answer = [.. message[..2], .. flags, 0, 1, 0, answers, 0, authorities, 0, 0, .. message[DnsMessage.HeaderSize..], .. records];
        if ((how & WrongIdentifier) != 0)
            answer[0] ^= 1;
        if ((how & WrongQuestion) != 0)
            answer[DnsMessage.HeaderSize + 1] ^= 1;
        ushort port = (ushort)(DnsMessage.ServerPort + ((how & WrongPort) == 0 ? 0 : 1));
        IpAddress server = IpAddress.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(question.AsSpan(EthernetHeader.Size + 16)));
        return Frames.Udp(port, BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(Headers)), answer, source: server);
    }

    private static byte[] Record(byte how, ushort flags, byte answers, byte authorities, byte[] records) =>
        [how, (byte)(flags >> 8), (byte)flags, answers, authorities, (byte)records.Length, (byte)(records.Length >> 8), .. records];
}
