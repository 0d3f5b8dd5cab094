using System;
using System.Buffers.Binary;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>Answers of a DHCP server: for each a byte that says how true its head is, the address that it gives, the length of its options,
/// and those. Behind each the client may ask again, or time may pass.</summary>
internal sealed class DhcpTarget() : InputTarget("dhcp", "answers of a DHCP server")
{
    private const int OptionsAt = 240;
    private const int MostOptions = 1000;

    public override byte[][] Words =>
        [[53, 1, 2], [53, 1, 5], [53, 1, 6], [54, 4, 10, 0, 0, 1], [1, 4, 255, 255, 255, 0], [3, 4, 10, 0, 0, 254], [51, 4, 0, 0, 3, 0xe8], [58, 4], [59, 4], [26, 2, 5, 0x78], [52, 1, 3], [121, 5, 0, 10, 0, 0, 1], [255]];

    public override byte[][] Seeds
    {
        get
        {
            byte[] offer = Record(0, [53, 1, 2, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 3, 0xe8, 1, 4, 255, 255, 255, 0, 3, 4, 10, 0, 0, 254, 255]);
            byte[] acknowledgement = Record(0, [53, 1, 5, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 3, 0xe8, 58, 4, 0, 0, 1, 0, 59, 4, 0, 0, 2, 0, 1, 4, 255, 255, 255, 0, 3, 4, 10, 0, 0, 254, 6, 4, 192, 0, 2, 53, 26, 2, 5, 0x78, 255]);
            byte[] refusal = Record(0, [53, 1, 6, 54, 4, 10, 0, 0, 1, 255]);
            byte[] later = Record(8, [53, 1, 5, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 0, 100, 255]);
            byte[] routes = Record(0, [53, 1, 2, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 3, 0xe8, 121, 12, 24, 192, 168, 1, 10, 0, 0, 9, 0, 10, 0, 0, 1, 52, 1, 3, 255]);
            return [[.. offer, .. acknowledgement], [.. offer, .. refusal, .. offer], [.. offer, .. acknowledgement, .. later, .. later], [.. routes, .. acknowledgement]];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        NetworkBench bench = new(InterfaceConfiguration.FromDhcp);
        Dialogue net = bench.Net;
        uint transaction = 0;
        InputReader reader = new(input);
        net.Poll();
        while (true)
        {
            while (net.Device.Sent.TryDequeue(out byte[]? sent))
                transaction = TransactionOf(sent) ?? transaction;
            if (reader.AtEnd)
                break;
            int how = reader.Byte();
            net.Receive(Answer(how, transaction, ref reader));
            if ((how & 8) != 0)
                net.Advance(Duration.FromSeconds((how >> 4) * 60));
            if ((how & 4) != 0)
                FlipLink(net);
        }

        Assert.True(net.Earliest > net.Now, "a deadline that is past");
        bench.Settle();
    }

    private static void FlipLink(Dialogue net)
    {
        net.Device.LinkUp = false;
        net.Poll();
        net.Device.LinkUp = true;
        net.Poll();
    }

    private static byte[] Answer(int how, uint transaction, ref InputReader reader)
    {
        ReadOnlySpan<byte> given = reader.Take(4);
        ReadOnlySpan<byte> options = reader.Take(Math.Min(reader.Word(), MostOptions));
        byte[] message = new byte[OptionsAt + options.Length];
        (message[0], message[1], message[2]) = (2, 1, 6);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), (how & 1) != 0 ? transaction + 1 : transaction);
        given.CopyTo(message.AsSpan(16));
        Frames.OurLink.Write(message.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), 0x6382_5363);
        options.CopyTo(message.AsSpan(OptionsAt));
        // Options may go on in the two fields for names (RFC 2132, 9.3).
        if ((how & 2) != 0)
            options[..Math.Min(options.Length, 192)].CopyTo(message.AsSpan(44));
        return Frames.Udp(67, 68, message, destination: IpAddress.BroadcastIpv4, to: Net.MacAddress.Broadcast);
    }

    private static uint? TransactionOf(byte[] frame)
    {
        const int Message = EthernetHeader.Size + Ipv4Header.Size + UdpHeader.Size;
        bool isQuestion = frame.Length > Message + 8 && frame[12] == 8 && frame[13] == 0 && frame[EthernetHeader.Size + Ipv4Header.Size + 1] == 68;
        return isQuestion ? BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(Message + 4)) : null;
    }

    private static byte[] Record(byte how, byte[] options) => [how, 10, 0, 0, 42, (byte)options.Length, (byte)(options.Length >> 8), .. options];
}
