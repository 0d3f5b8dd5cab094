using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Tests.Stack.Tcp;
using Guest.Net.Wire;

namespace Guest.Fuzz.Inputs;

/// <summary>A stack with connections of both versions of IP, whose far ends and whose application do what an input says.</summary>
internal sealed class TcpBench
{
    private const int MostSent = 100_000;
    private const byte Tcp = 6;

    private readonly NetworkBench _bench = NetworkBench.WithBothVersions();
    private readonly TcpListenEndpoint _listener;
    private readonly TcpPeer[] _peers;
    private int _sent;

    public TcpBench()
    {
        Net.IntroducePeer();
        IpAddress own = Net.Interface.LinkLocalAddress;
        Net.Receive(Ipv6Frames.Solicitation(own));
        _peers =
        [
            new TcpPeer(Net, Frames.Us, Frames.Peer, 4000), new TcpPeer(Net, Frames.Us, Frames.Peer, 4001),
            new TcpPeer(Net, own, Ipv6Frames.Peer, 4000), new TcpPeer(Net, own, Ipv6Frames.Peer, 4001),
        ];
        _listener = Net.Stack.CreateTcpListenEndpoint();
        _listener.IsDual = true;
        _listener.Bind(default, TcpTarget.OurPort);
        _listener.Listen(2);
        Look();
    }

    public Dialogue Net => _bench.Net;

    /// <summary>What the application has open.</summary>
    public List<TcpEndpoint> Connections { get; } = [];

    /// <summary>One of the four far ends.</summary>
    public TcpPeer Peer(int index) => _peers[index % _peers.Length];

    /// <summary>The application takes a connection that waits.</summary>
    public void Accept()
    {
        if (_listener.TryAccept() is { } accepted)
            Connections.Add(accepted);
    }

    /// <summary>The application opens one.</summary>
    public void Connect(TcpPeer peer)
    {
        TcpEndpoint connection = Net.Stack.CreateTcpEndpoint();
        if (connection.Connect(peer.Address, peer.Port) == TcpError.None)
            Connections.Add(connection);
        else
            connection.Close();
    }

    /// <summary>Gives back a connection.</summary>
    public void End(TcpEndpoint connection, bool aborts)
    {
        Connections.Remove(connection);
        if (aborts)
            connection.Abort();
        else
            connection.Close();
    }

    /// <summary>The far ends see what was sent: each a frame that a card can send, each segment with a right sum.</summary>
    public void Look()
    {
        Queue<byte[]> frames = Net.Device.Sent;
        while (frames.TryDequeue(out byte[]? frame))
        {
            Assert.InRange(frame.Length, EthernetHeader.Size, EthernetHeader.Size + Net.Device.Mtu);
            Assert.True(++_sent <= MostSent, "frames are sent without end");
            if (frame[12] == 0x86)
                LookAtIpv6(frame);
            else if (frame[12] == 8 && frame[13] == 0 && frame[14 + 9] == Tcp)
                LookAtIpv4(frame);
        }
    }

    /// <summary>All that waits ends, and nothing is owed to anybody.</summary>
    public void Settle()
    {
        Net.Device.Room = int.MaxValue;
        foreach (TcpEndpoint connection in Connections)
            connection.Abort();
        _listener.Close();
        Look();
        Net.Advance(Duration.FromSeconds(400));
        Look();
        _bench.Settle();
    }

    private void LookAtIpv4(byte[] frame)
    {
        SeenPacket packet = Frames.ReadIpv4(frame);
        Assert.Equal(0xffff, Frames.TransportSum(IpProtocol.Tcp, packet.Payload, packet.Source, packet.Destination));
        Give(packet.Payload, packet.Destination);
    }

    private void LookAtIpv6(byte[] frame)
    {
        SeenIpv6Packet packet = Ipv6Frames.Read(frame);
        if (packet.NextHeader != Tcp)
            return;
        Assert.Equal(0xffff, Ipv6Frames.Sum(packet.Source, packet.Destination, Tcp, packet.Payload));
        Give(packet.Payload, packet.Destination);
    }

    private void Give(byte[] tcp, IpAddress to)
    {
        SeenSegment seen = SeenSegment.Read(tcp);
        foreach (TcpPeer peer in _peers)
        {
            if (peer.Port == seen.DestinationPort && peer.Address == to)
                peer.Take(seen);
        }
    }
}
