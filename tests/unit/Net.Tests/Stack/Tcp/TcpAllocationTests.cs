using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack.Tcp.Links;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>What connections are made of comes back: memory is never collected.</summary>
public sealed class TcpAllocationTests
{
    private const int Connections = 1_000_000;

    [Fact]
    public void A_million_connections_that_come_and_go_take_no_memory()
    {
        QuietPeer peer = new();
        peer.Run(10_000); // as many records as TIME-WAIT ever has
        long before = GC.GetAllocatedBytesForCurrentThread();

        peer.Run(Connections);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Connections + 10_000, peer.Echoes);
        Assert.Equal(peer.Pool.Count, peer.Pool.Available);
        Assert.Equal(peer.Pool.KeepLimit, peer.Pool.KeepRoom);
    }

    [Fact]
    public void A_connection_takes_little_memory()
    {
        NetworkStack stack = new(seed: 1);
        stack.CreateTcpEndpoint();
        long before = GC.GetAllocatedBytesForCurrentThread();
        stack.CreateTcpEndpoint();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 500, 1536);
    }

    /// <summary>A device at whose far side a client opens connection after connection, sends a little, gets it back and ends; nothing in it allocates.</summary>
    private sealed unsafe class QuietPeer : INetworkDevice
    {
        private const int Mss = 1460;

        private readonly NetworkStack _stack;
        private readonly NetworkInterface _interface;
        private readonly TcpListenEndpoint _listener;
        private readonly byte[] _frame;
        private readonly byte[] _buffer = new byte[100];
        private readonly byte[] _arp = Frames.Arp(ArpOperation.Reply, Frames.PeerLink, Frames.Peer, Frames.OurLink, Frames.Us, Frames.OurLink);
        private byte[]? _pending;
        private bool _wasAsked;
        private uint _ours;
        private Instant _now = Instant.Zero + Duration.FromSeconds(1);

        public QuietPeer()
        {
            Pool = new PacketPool(64);
            _stack = new NetworkStack(seed: 1);
            _interface = _stack.AddInterface(this, Pool, InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)), Instant.Zero);
            _listener = _stack.CreateTcpListenEndpoint();
            _listener.Bind(IpAddress.AnyIpv4, 7);
            _listener.Listen(4);
            _pending = Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us);
            _interface.Poll(_now);
            _frame = Frames.Ipv4(IpProtocol.Tcp, new byte[24]);
        }

        public PacketPool Pool { get; }

        public int Echoes { get; private set; }

        public string Name => "quiet0";

        public MacAddress Address => Frames.OurLink;

        public int Mtu => 1500;

        public NetworkOffloads Offloads => NetworkOffloads.TransmitChecksum | NetworkOffloads.ReceiveChecksum;

        public bool LinkUp => true;

        public Guest.Core.Diagnostics.PathCounters Counters { get; } = new("quiet0");

        public void Run(int connections)
        {
            for (int i = 0; i < connections; i++)
            {
                // Time goes on, or the same ports would come again in TIME-WAIT.
                _now += Duration.FromMilliseconds(10);
                uint sequence = (uint)i << 12;
                ushort port = (ushort)(1024 + (i % 60_000));
                Send(port, 2, sequence, 0, 0);
                Send(port, 16 + 8, sequence + 1, _ours + 1, 4);
                TcpEndpoint connection = _listener.TryAccept()!;
                int length = connection.Receive(_buffer);
                connection.Send(_buffer.AsSpan(0, length));
                connection.Close();
                Send(port, 16, sequence + 5, _ours + 1 + 4, 0);
                Send(port, 16 + 1, sequence + 5, _ours + 1 + 5, 0);
                Echoes += length == 4 ? 1 : 0;
            }

            _now += Duration.FromSeconds(100);
            _interface.Poll(_now);
        }

        public int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more)
        {
            foreach (PacketBuffer frame in burst)
            {
                Span<byte> bytes = frame.Data;
                _wasAsked |= bytes[13] == 6;
                if (bytes[13] == 0 && (bytes[47] & 2) != 0)
                    _ours = SeenSegment.Read32(bytes[38..]);
                frame.Release();
            }

            return burst.Length;
        }

        public int Receive(Span<PacketBuffer> burst)
        {
            if (_pending is not { } frame || Pool.TryTake() is not { } buffer)
                return 0;
            _pending = null;
            buffer.Length = frame.Length;
            buffer.ChecksumVerified = true;
            frame.CopyTo(buffer.Data);
            burst[0] = buffer;
            return 1;
        }

        public bool Arm() => _pending is null;

        private void Send(ushort port, byte flags, uint sequence, uint acknowledgement, int length)
        {
            Span<byte> tcp = _frame.AsSpan(34);
            SeenSegment.Write32(tcp, ((uint)port << 16) | 7);
            SeenSegment.Write32(tcp[4..], sequence);
            SeenSegment.Write32(tcp[8..], acknowledgement);
            SeenSegment.Write32(tcp[12..], (5u << 28) | ((uint)flags << 16) | 0xffff);
            _frame[17] = (byte)(40 + length);
            Frames.SumHeader(_frame.AsSpan(14));
            _pending = _frame;
            _interface.Poll(_now);
            if (_wasAsked)
            {
                _wasAsked = false;
                _pending = _arp;
                _interface.Poll(_now);
            }

            _interface.Poll(_now);
        }
    }
}
