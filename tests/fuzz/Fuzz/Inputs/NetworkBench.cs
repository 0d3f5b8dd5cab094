using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>A stack for one input, with an application that echoes on port 7.</summary>
internal sealed class NetworkBench
{
    private const int Buffers = 64;
    private const int MostSent = 4096;
    private const string Prefix = "2001:db8::";
    private static readonly byte[] s_datagram = new byte[ushort.MaxValue];

    public NetworkBench(InterfaceConfiguration? configuration = null, bool isDual = false)
    {
        Net = new Dialogue(configuration: configuration, buffers: Buffers);
        Endpoint = Net.Stack.CreateUdpEndpoint();
        Endpoint.IsDual = isDual;
        Endpoint.Bind(isDual ? default : IpAddress.AnyIpv4, 7);
    }

    /// <summary>One that has addresses of both versions of IP, and has taken all of IPv6's.</summary>
    public static NetworkBench WithBothVersions()
    {
        InterfaceConfiguration both = InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)).With(Ipv6Configuration.Automatic);
        NetworkBench bench = new(both, isDual: true);
        bench.Net.Receive(Ipv6Frames.RouterAdvertisement(Ipv6Frames.PrefixOption(Prefix, 86_400, 14_400)));
        bench.Net.Advance(Duration.FromMilliseconds(2500));
        bench.CountSent();
        return bench;
    }

    public Dialogue Net { get; }

    public UdpEndpoint Endpoint { get; }

    /// <summary>Frames that went out so far.</summary>
    public int Sent { get; private set; }

    /// <summary>Looks at a datagram that the application was given.</summary>
    public Action<ReadOnlyMemory<byte>>? Taken { get; set; }

    /// <summary>The application takes what has come, and sends it back.</summary>
    public void Echo()
    {
        while (Endpoint.TryReceive(s_datagram, out UdpReceipt receipt))
        {
            Taken?.Invoke(s_datagram.AsMemory(0, receipt.Length));
            Endpoint.Send(s_datagram.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort);
        }

        Net.Poll();
        CountSent();
    }

    /// <summary>Looks at what was sent: each must be a frame that a card can send.</summary>
    public void CountSent()
    {
        while (Net.Device.Sent.TryDequeue(out byte[]? frame))
        {
            Assert.InRange(frame.Length, EthernetHeader.Size, EthernetHeader.Size + Net.Device.Mtu);
            Assert.True(++Sent <= MostSent, "frames are sent without end");
        }
    }

    /// <summary>All that waits ends, and nothing is owed to anybody.</summary>
    public void Settle()
    {
        Net.Device.Room = int.MaxValue;
        Echo();
        Endpoint.Close();
        Net.Advance(Duration.FromSeconds(60));
        CountSent();
        Net.ExpectAllBuffersBack();
    }
}
