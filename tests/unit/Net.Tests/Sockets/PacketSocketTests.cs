using System;
using System.Net;
using System.Net.Sockets;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Sockets;

/// <summary>Raw sockets: <see cref="AddressFamily.Packet"/> with the calls and the addresses that Linux has for it.</summary>
[Collection("run loop")]
public sealed class PacketSocketTests : IDisposable
{
    private const ushort Experimental = 0x88b5;
    private const ProtocolType RawExperimental = (ProtocolType)0xb588;

    private readonly SocketRig _rig = new();
    private readonly Dialogue _net;
    private readonly Socket _socket = new(AddressFamily.Packet, SocketType.Raw, RawExperimental);
    private readonly byte[] _buffer = new byte[2000];

    public PacketSocketTests() => _net = _rig.Net;

    public void Dispose() => _socket.Dispose();

    [Fact]
    public void A_frame_is_received_and_sent_back_by_the_calls_that_allocate_nothing()
    {
        byte[] frame = Frame(46);
        SocketAddress sender = new(AddressFamily.Packet);
        for (int i = 0; i < 3; i++)
        {
            _net.Device.Inject(frame);
            int length = _socket.ReceiveFrom(_buffer, SocketFlags.None, sender);
            Assert.Equal(frame, _buffer[..length]);
            Assert.Equal(AddressFamily.Packet, sender.Family);
            Assert.Equal(20, sender.Size);
            Assert.Equal(length, _socket.SendTo(_buffer.AsSpan(0, length), SocketFlags.None, sender));
            Assert.Equal(frame, _net.ExpectFrame());
            Assert.Equal(length, _socket.SendTo(_buffer.AsSpan(0, length), SocketFlags.None, sender, out SocketError error));
            Assert.Equal(SocketError.Success, error);
            Assert.Equal(frame, _net.ExpectFrame());
        }
    }

    [Fact]
    public void A_socket_that_is_bound_to_an_interface_sends_by_it()
    {
        Assert.Equal((AddressFamily.Packet, SocketType.Raw, RawExperimental, false), (_socket.AddressFamily, _socket.SocketType, _socket.ProtocolType, _socket.IsBound));
        byte[] frame = Frame(46);
        Assert.Equal(-1, _socket.Send(frame, SocketFlags.None, out SocketError error));
        Assert.Equal(SocketError.DestinationAddressRequired, error);
        LinkEnd end = new(_net.Interface.Index);

        _socket.Bind(end);

        Assert.True(_socket.IsBound);
        Assert.Same(end, _socket.LocalEndPoint);
        Assert.Equal(frame.Length, _socket.Send(frame));
        Assert.Equal(frame, _net.ExpectFrame());
        _net.Device.Inject(frame);
        Assert.Equal(frame.Length, _socket.Receive(_buffer));
        Assert.Equal(frame.Length, _socket.SendTo(frame, end));
        Assert.Equal(frame, _net.ExpectFrame());
    }

    [Fact]
    public void What_goes_wrong_is_an_error_and_no_panic()
    {
        SocketAddress to = new LinkEnd(_net.Interface.Index).Serialize();
        Assert.Equal(-1, _socket.SendTo(new byte[13], SocketFlags.None, to, out SocketError error));
        Assert.Equal(SocketError.InvalidArgument, error);
        Assert.Equal(-1, _socket.SendTo(new byte[1515], SocketFlags.None, to, out error));
        Assert.Equal(SocketError.MessageSize, error);
        SocketAddress nowhere = new LinkEnd(99).Serialize();
        Assert.Equal(-1, _socket.SendTo(Frame(46), SocketFlags.None, nowhere, out error));
        Assert.Equal(SocketError.NetworkUnreachable, error);
        Assert.Equal(60, _socket.SendTo(Frame(46), SocketFlags.None, nowhere));
        _socket.Bind(new LinkEnd(99), out error);
        Assert.Equal(SocketError.AddressNotAvailable, error);
        _net.Device.Room = 0;
        for (int i = 0; i < 64; i++)
            _socket.SendTo(Frame(46), SocketFlags.None, to);
        Assert.Equal(-1, _socket.SendTo(Frame(46), SocketFlags.None, to, out error));
        Assert.Equal(SocketError.NoBufferSpaceAvailable, error);
        Assert.True(_net.Stack.Drops[DropCause.TransmitFull] > 0);
        _socket.ReceiveTimeout = 5;
        Assert.Equal(-1, _socket.ReceiveFrom(_buffer, SocketFlags.None, to, out error));
        Assert.Equal(SocketError.TimedOut, error);
        _socket.Blocking = false;
        Assert.Equal(-1, _socket.Receive(_buffer, SocketFlags.None, out error));
        Assert.Equal(SocketError.WouldBlock, error);
    }

    [Fact]
    public void Cooked_frames_and_other_addresses_are_refused()
    {
        Assert.Equal(SocketError.SocketNotSupported, Error(() => _ = new Socket(AddressFamily.Packet, SocketType.Dgram, RawExperimental)));
        Assert.Equal(SocketError.AddressFamilyNotSupported, Error(() => _socket.SendTo(new byte[60], new IPEndPoint(IPAddress.Loopback, 7))));
        Assert.Equal(SocketError.AddressFamilyNotSupported, Error(() => _socket.Bind(new IPEndPoint(IPAddress.Any, 7))));
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Equal(SocketError.AddressFamilyNotSupported, Error(() => udp.SendTo(new byte[60], new LinkEnd(1))));
        Assert.Equal(SocketError.ProtocolOption, Error(() => udp.ExclusiveAddressUse = true));

        static SocketError Error(Action call) => Assert.Throws<SocketException>(call).SocketErrorCode;
    }

    [Fact]
    public void An_exclusive_socket_has_its_frames_alone()
    {
        using Socket own = new(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);
        own.ExclusiveAddressUse = true;
        Assert.True(own.ExclusiveAddressUse);
        own.Bind(new LinkEnd(_net.Interface.Index, (ushort)EtherType.Arp));
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
        _net.ExpectNothing();
        Assert.Equal(42, own.Available);
        Assert.True(own.Poll(0, SelectMode.SelectRead));
        Assert.Equal(42, own.Receive(_buffer));
    }

    private static byte[] Frame(int length) => Frames.Ethernet(Frames.OurLink, Frames.PeerLink, (EtherType)Experimental, new byte[length]);

    /// <summary>An application's own end point.</summary>
    private sealed class LinkEnd(int interfaceIndex, ushort etherType = Experimental) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, 20);
            address[2] = (byte)(etherType >> 8);
            address[3] = (byte)etherType;
            address[4] = (byte)interfaceIndex;
            return address;
        }
    }
}
