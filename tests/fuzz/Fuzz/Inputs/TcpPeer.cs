using System;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Tests.Stack.Tcp;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>The far end of one connection at a time: it knows the numbers that would come next, so that an input says only in what it differs from them.</summary>
internal sealed class TcpPeer(Dialogue net, IpAddress us, IpAddress address, ushort port)
{
    private const int HopLimit = 64;

    /// <summary>Its address.</summary>
    public IpAddress Address => address;

    /// <summary>Its port.</summary>
    public ushort Port => port;

    /// <summary>Ours of the connection.</summary>
    public ushort LocalPort { get; set; } = TcpTarget.OurPort;

    /// <summary>The number that it sends next.</summary>
    public uint Next { get; set; }

    /// <summary>The number that it expects.</summary>
    public uint Expected { get; set; }

    /// <summary>What was said of our time last.</summary>
    public uint Clock { get; private set; }

    /// <summary>Takes a segment of ours.</summary>
    public void Take(SeenSegment seen)
    {
        LocalPort = seen.SourcePort;
        uint end = seen.Sequence + (uint)seen.Payload.Length;
        if (seen.Flags.Contains('S', StringComparison.Ordinal))
            Expected = end + 1;
        else if (unchecked((int)(end - Expected)) > 0)
            Expected = end;
        if (seen.Flags.Contains('F', StringComparison.Ordinal) && end == Expected)
            Expected++;
        if (seen.Flags.Contains('A', StringComparison.Ordinal))
            Next = seen.Acknowledgement;
        Clock = seen.Timestamps?.Value ?? Clock;
    }

    /// <summary>Sends a segment, with right sums.</summary>
    public void Send(byte flags, uint sequence, uint acknowledgement, int window, byte[] options, byte[] data)
    {
        byte[] tcp = new SeenSegment(port, LocalPort, sequence, acknowledgement, SeenSegment.FlagsOf(flags), window, data, options).Write();
        ushort sum = (ushort)~(address.IsIpv4 ? Frames.TransportSum(IpProtocol.Tcp, tcp, address, us) : Ipv6Frames.Sum(address, us, (byte)IpProtocol.Tcp, tcp));
        tcp[16] = (byte)(sum >> 8);
        tcp[17] = (byte)sum;
        net.Receive(address.IsIpv4 ? Frames.Ipv4(IpProtocol.Tcp, tcp, address) : Ipv6Frames.Packet(address, us, (byte)IpProtocol.Tcp, tcp, HopLimit));
    }

    /// <summary>Says, as a router or the far host would, that a segment of ours could not be delivered.</summary>
    public void SendError(byte code, int mtu, uint sequence)
    {
        byte[] tcp = new SeenSegment(LocalPort, port, sequence, Next, "A", 0, [], []).Write();
        if (address.IsIpv4)
        {
            byte[] quoted = Frames.Ipv4(IpProtocol.Tcp, tcp, us, address)[14..];
            net.Receive(Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.DestinationUnreachable, code, (uint)mtu, quoted), address));
            return;
        }

        byte[] packet = Ipv6Frames.Packet(us, address, (byte)IpProtocol.Tcp, tcp)[14..];
        bool isTooBig = code == (byte)IcmpUnreachable.FragmentationNeeded;
        net.Receive(Ipv6Frames.IcmpPacket(address, us, isTooBig ? (byte)2 : (byte)1, [0, 0, (byte)(mtu >> 8), (byte)mtu, .. packet], isTooBig ? (byte)0 : code));
    }
}
