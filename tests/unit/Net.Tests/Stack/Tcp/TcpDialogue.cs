using System;
using System.Text;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>A connection whose other side is the test: it says what it sends and what it expects, in numbers that count from each side's SYN.</summary>
internal sealed class TcpDialogue
{
    public const ushort OurPort = 7;
    public const uint PeerInitial = 0xffff_f000; // goes round soon

    public TcpDialogue(NetworkOffloads offloads = NetworkOffloads.None, int buffers = 512, int mtu = 1500, bool introduce = true)
    {
        Net = new Dialogue(offloads, buffers: buffers, mtu: mtu);
        if (introduce)
            Net.IntroducePeer();
    }

    public Dialogue Net { get; }

    public NetworkStack Stack => Net.Stack;

    public TcpCounters Counters => Net.Stack.TcpCounters;

    public ushort PeerPort { get; set; } = 4000;

    public ushort LocalPort { get; set; } = OurPort;

    /// <summary>The number of our SYN.</summary>
    public uint Initial { get; set; }

    public IpAddress PeerAddress { get; set; } = Frames.Peer;

    /// <summary>The options that the peer puts into each segment, unless told otherwise.</summary>
    public byte[] Options { get; set; } = [];

    public TcpEndpoint Endpoint { get; set; } = null!;

    public TcpListenEndpoint Listener { get; private set; } = null!;

    public static byte[] Mss(int bytes) => [2, 4, (byte)(bytes >> 8), (byte)bytes];

    public static byte[] Shift(int shift) => [1, 3, 3, (byte)shift];

    public static byte[] SackPermitted => [1, 1, 4, 2];

    public static byte[] Timestamps(uint value, uint echo)
    {
        byte[] option = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        SeenSegment.Write32(option.AsSpan(4), value);
        SeenSegment.Write32(option.AsSpan(8), echo);
        return option;
    }

    /// <summary>Ranges in numbers of our stream.</summary>
    public byte[] Sack(params (uint Start, uint End)[] blocks)
    {
        byte[] option = new byte[4 + (8 * blocks.Length)];
        option[0] = option[1] = 1;
        option[2] = 5;
        option[3] = (byte)(2 + (8 * blocks.Length));
        for (int i = 0; i < blocks.Length; i++)
        {
            SeenSegment.Write32(option.AsSpan(4 + (8 * i)), Initial + blocks[i].Start);
            SeenSegment.Write32(option.AsSpan(8 + (8 * i)), Initial + blocks[i].End);
        }

        return option;
    }

    public TcpListenEndpoint Listen(int backlog = 16, ushort port = OurPort)
    {
        Listener = Stack.CreateTcpListenEndpoint();
        Assert.Equal(BindStatus.Bound, Listener.Bind(IpAddress.AnyIpv4, port));
        Listener.Listen(backlog);
        return Listener;
    }

    /// <summary>The peer opens a connection, and the application accepts it.</summary>
    public TcpEndpoint Accept(int window = 65535, params byte[][] options)
    {
        if (Listener is null)
            Listen();
        OpenFromPeer(window, options);
        Endpoint = Listener!.TryAccept()!;
        Assert.NotNull(Endpoint);
        Assert.Equal(TcpState.Established, Endpoint.State);
        return Endpoint;
    }

    /// <summary>The peer opens a connection.</summary>
    public void OpenFromPeer(int window = 65535, params byte[][] options)
    {
        Send("S", 0, window: window, options: Concat(options));
        SeenSegment answer = ExpectRaw();
        Assert.Equal("SA", answer.Flags);
        Assert.Equal(PeerInitial + 1, answer.Acknowledgement);
        Initial = answer.Sequence;
        Send("A", 1, 1, window: window);
    }

    /// <summary>The application opens a connection, which the peer accepts.</summary>
    public TcpEndpoint Connect(int window = 65535, params byte[][] options)
    {
        Endpoint = Stack.CreateTcpEndpoint();
        BeginConnect();
        Send("SA", 0, 1, window: window, options: Concat(options));
        Expect("A", 1, 1);
        Assert.Equal(TcpState.Established, Endpoint.State);
        return Endpoint;
    }

    /// <summary>The application begins to open a connection.</summary>
    public SeenSegment BeginConnect()
    {
        Assert.Equal(TcpError.None, Endpoint.Connect(PeerAddress, PeerPort));
        LocalPort = 0;
        SeenSegment syn = ExpectRaw();
        Assert.Equal("S", syn.Flags);
        LocalPort = syn.SourcePort;
        Initial = syn.Sequence;
        return syn;
    }

    /// <summary>The peer sends.</summary>
    /// <param name="flags">Letters of F, S, R, P, A, U, E, C.</param>
    /// <param name="sequence">Counted from the peer's SYN.</param>
    /// <param name="acknowledgement">Counted from ours; no acknowledgement number where there is no A.</param>
    /// <param name="data">The payload.</param>
    /// <param name="window">The window as it stands in the header.</param>
    /// <param name="options">Instead of <see cref="Options"/>.</param>
    public void Send(string flags, uint sequence, uint acknowledgement = 0, string data = "", int window = 65535, byte[]? options = null) =>
        Send(flags, sequence, acknowledgement, Encoding.ASCII.GetBytes(data), window, options);

    public void Send(string flags, uint sequence, uint acknowledgement, byte[] data, int window = 65535, byte[]? options = null) =>
        Net.Receive(Frame(flags, sequence, acknowledgement, data, window, options));

    public byte[] Frame(string flags, uint sequence, uint acknowledgement, byte[] data, int window = 65535, byte[]? options = null)
    {
        uint number = flags.Contains('A', StringComparison.Ordinal) ? Initial + acknowledgement : 0;
        SeenSegment segment = new(PeerPort, LocalPort, PeerInitial + sequence, number, flags, window, data, options ?? Options);
        return FrameOf(segment, PeerAddress);
    }

    public static byte[] FrameOf(SeenSegment segment, IpAddress source)
    {
        byte[] tcp = segment.Write();
        ushort sum = (ushort)~Frames.TransportSum(IpProtocol.Tcp, tcp, source, Frames.Us);
        tcp[16] = (byte)(sum >> 8);
        tcp[17] = (byte)sum;
        return Frames.Ipv4(IpProtocol.Tcp, tcp, source);
    }

    /// <summary>Expects a segment, numbers counted from the SYNs.</summary>
    public SeenSegment Expect(string flags, uint sequence, uint acknowledgement, string data = "")
    {
        SeenSegment seen = ExpectRaw();
        Assert.Equal(
            (flags, sequence, acknowledgement, data),
            (seen.Flags, seen.Sequence - Initial, seen.Acknowledgement - PeerInitial, Encoding.ASCII.GetString(seen.Payload)));
        return seen;
    }

    /// <summary>Expects a segment with so many bytes of payload.</summary>
    public SeenSegment ExpectLength(string flags, uint sequence, int length)
    {
        SeenSegment seen = ExpectRaw();
        Assert.Equal((flags, sequence, length), (seen.Flags, seen.Sequence - Initial, seen.Payload.Length));
        return seen;
    }

    public SeenSegment ExpectRaw()
    {
        AnswerArp();
        SeenPacket packet = Net.ExpectIpv4();
        return ReadSegment(packet, (Net.Device.Offloads & NetworkOffloads.TransmitChecksum) == 0);
    }

    public SeenSegment ReadSegment(SeenPacket packet, bool isSummed)
    {
        Assert.Equal(IpProtocol.Tcp, packet.Ip.Protocol);
        Assert.Equal(0x4000, packet.Ip.FlagsAndOffset.Value);
        if (isSummed)
            Assert.Equal(0xffff, Frames.TransportSum(IpProtocol.Tcp, packet.Payload, packet.Source, packet.Destination));
        SeenSegment seen = SeenSegment.Read(packet.Payload);
        Assert.Equal((LocalPort == 0 ? seen.SourcePort : LocalPort, PeerPort), (seen.SourcePort, seen.DestinationPort));
        return seen;
    }

    public void ExpectNothing() => Net.ExpectNothing();

    public void ExpectNothingFor(int milliseconds)
    {
        Advance(milliseconds);
        ExpectNothing();
    }

    /// <summary>Lets time pass, in which the peer answers whoever asks for its link address.</summary>
    public void Advance(int milliseconds)
    {
        const int Step = 500;
        for (; milliseconds > 0; milliseconds -= Step)
        {
            Net.Advance(Duration.FromMilliseconds(Math.Min(milliseconds, Step)));
            AnswerArp();
        }
    }

    /// <summary>The peer answers those who ask for its link address.</summary>
    public void AnswerArp()
    {
        bool asked = false;
        for (int waiting = Net.Device.Sent.Count; waiting > 0; waiting--)
        {
            byte[] frame = Net.Device.Sent.Dequeue();
            if (frame[12] != 8 || frame[13] != 6)
            {
                Net.Device.Sent.Enqueue(frame);
                continue;
            }

            asked = true;
            Net.Device.Inject(Frames.Arp(ArpOperation.Reply, Frames.PeerLink, PeerAddress, Frames.OurLink, Frames.Us, Frames.OurLink));
        }

        if (asked)
            Net.Poll();
    }

    /// <summary>The application sends.</summary>
    public void Say(string text)
    {
        Assert.Equal(text.Length, Endpoint.Send(Encoding.ASCII.GetBytes(text)));
    }

    /// <summary>The application sends so many bytes.</summary>
    public void SayBytes(int count) => Assert.Equal(count, Endpoint.Send(new byte[count]));

    /// <summary>The application receives all that is there.</summary>
    public string Hear()
    {
        byte[] buffer = new byte[100_000];
        int length = Endpoint.Receive(buffer);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    public static byte[] Concat(params byte[][] parts)
    {
        int length = 0;
        foreach (byte[] part in parts)
            length += part.Length;
        byte[] whole = new byte[length];
        int at = 0;
        foreach (byte[] part in parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }

        return whole;
    }
}
