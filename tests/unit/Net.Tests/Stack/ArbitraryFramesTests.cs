using System;
using FsCheck.Xunit;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Whatever arrives, the stack lives, owes no buffer, and accounts for every frame.</summary>
public sealed class ArbitraryFramesTests
{
    [Property(MaxTest = 300)]
    public void ArbitraryBytesLeakNothing(byte[][] frames)
    {
        Dialogue net = new(buffers: 64);
        UdpEndpoint endpoint = net.Bind(7);
        foreach (byte[] frame in frames)
            net.Receive(frame);
        Settle(net, endpoint);
    }

    [Property(MaxTest = 300)]
    public void DamagedFramesLeakNothing(int seed)
    {
        Random random = new(seed);
        Dialogue net = new(
            random.Next(2) == 0 ? NetworkOffloads.None : NetworkOffloads.TransmitChecksum,
            random.Next(3) == 0 ? InterfaceConfiguration.FromDhcp : null,
            buffers: 128);
        UdpEndpoint endpoint = net.Bind(7);
        byte[] buffer = new byte[3000];
        for (int i = 0; i < 200; i++)
        {
            byte[] frame = Damage(random, MakeFrame(random));
            net.Device.PieceSize = random.Next(4) == 0 ? random.Next(1, 800) : 0;
            net.Device.Offset = random.Next(4) == 0 ? random.Next(PacketBuffer.Capacity - 800) : PacketBuffer.Headroom;
            net.Device.Vouches = random.Next(4) == 0;
            net.Device.Room = random.Next(4) == 0 ? random.Next(3) : int.MaxValue;
            net.Receive(frame);
            if (random.Next(2) == 0 && endpoint.TryReceive(buffer, out UdpReceipt receipt))
                endpoint.Send(buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort);
            if (random.Next(50) == 0)
                net.Device.LinkUp = !net.Device.LinkUp;
            if (random.Next(20) == 0)
                net.Advance(Duration.FromSeconds(random.Next(10)));
        }

        net.Device.LinkUp = true;
        Settle(net, endpoint);
    }

    private static void Settle(Dialogue net, UdpEndpoint endpoint)
    {
        net.Device.Room = int.MaxValue;
        net.Advance(Duration.FromSeconds(60));
        endpoint.Close();
        net.ExpectAllBuffersBack();
    }

    private static byte[] MakeFrame(Random random)
    {
        byte[] payload = new byte[random.Next(200)];
        random.NextBytes(payload);
        return random.Next(7) switch
        {
            0 => Frames.Arp(random.Next(2) == 0 ? ArpOperation.Request : ArpOperation.Reply, new MacAddress(0x0200_0000_0100 + (ulong)random.Next(200)),
                IpAddress.FromIpv4(0x0a00_0000 + (uint)random.Next(256)), default, Frames.Us),
            1 => Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(random.Next(2) == 0 ? IcmpType.EchoRequest : IcmpType.DestinationUnreachable, 0, 1, payload)),
            2 => Frames.Udp(4000, (ushort)random.Next(6, 9), payload),
            3 => Frames.Udp(67, 68, payload, destination: IpAddress.BroadcastIpv4, to: MacAddress.Broadcast),
            4 => Frames.Ipv4(IpProtocol.Udp, payload, id: (ushort)random.Next(4), fragment: (ushort)random.Next(65_536)),
            5 => Frames.Udp(4000, 7, payload, options: new byte[4 * random.Next(1, 10)]),
            _ => Frames.Ipv4((IpProtocol)random.Next(256), payload, source: IpAddress.FromIpv4((uint)random.Next())),
        };
    }

    // Half of the frames stay whole; of the rest, some are cut, and some have bytes changed and their header's sum made right again.
    private static byte[] Damage(Random random, byte[] frame)
    {
        switch (random.Next(6))
        {
            case 0:
                return frame[..random.Next(frame.Length)];
            case 1:
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
                return frame;
            case 2:
                frame[random.Next(14, Math.Min(34, frame.Length))] = (byte)random.Next(256);
                if ((frame[14] & 15) >= 5 && frame.Length >= 14 + ((frame[14] & 15) * 4))
                    Frames.SumHeader(frame.AsSpan(14));
                return frame;
            default:
                return frame;
        }
    }
}
