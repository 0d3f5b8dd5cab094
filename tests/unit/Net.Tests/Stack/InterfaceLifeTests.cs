using System;
using Guest.Core.Diagnostics;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>Interfaces whose devices are taken away and come again.</summary>
public sealed class InterfaceLifeTests
{
    private readonly Dialogue _net = new();
    private readonly byte[] _buffer = new byte[2_000];

    [Fact]
    public void What_arrived_is_still_read_and_nothing_else_is_left()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.IntroducePeer();
        _net.Receive(Frames.Udp(4000, 7, "hello"u8));
        Assert.Equal(SendStatus.Sent, endpoint.Send("held"u8, Frames.Ip("10.0.0.77"), 9));
        _net.Device.Sent.Clear();

        Assert.Same(_net.Interface, _net.Stack.RemoveInterface(_net.Device));
        Assert.Equal(0, _net.Stack.InterfaceCount);
        Assert.False(_net.Interface.IsUsable);
        Assert.Equal(_net.Pool.Count - 1, _net.Pool.Available);
        Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal("hello"u8.ToArray(), _buffer[..receipt.Length]);
        Assert.Equal(SendStatus.Dropped, endpoint.Send("world"u8, receipt.Source, receipt.SourcePort));
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
        _net.ExpectNothing();
    }

    [Fact]
    public void A_device_that_comes_back_is_used_again_by_the_sockets_there_are()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        for (int i = 0; i < 100; i++)
        {
            _net.Stack.RemoveInterface(_net.Device);
            Assert.Same(_net.Interface, Add(_net.Device, _net.Pool));
            _net.Poll();
            _net.Device.Sent.Clear();
            _net.IntroducePeer();
            _net.Receive(Frames.Udp(4000, 7, "hello"u8));
            Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
            Assert.Equal(SendStatus.Sent, endpoint.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort));
            _net.Interface.Flush();
            Assert.Equal("hello"u8.ToArray(), _net.ExpectUdp().Payload);
        }

        Assert.Equal(1, _net.Stack.InterfaceCount);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void One_device_after_the_other_on_one_pool_has_one_interface_and_its_own_address_name_and_counts()
    {
        UdpEndpoint endpoint = _net.Bind(7);
        _net.Stack.RemoveInterface(_net.Device);
        for (int i = 0; i < 1000; i++)
        {
            MacAddress address = new(0x0200_0000_0000 + (ulong)i);
            FakeDevice device = new(_net.Pool) { Name = string.Concat("fake", i.ToString()), Address = address, Mtu = 1400 + (i % 100) };
            Assert.Same(_net.Interface, Add(device, _net.Pool));
            Assert.Equal(device.Name, _net.Interface.Name);
            Assert.Equal(device.Mtu, _net.Interface.Mtu);
            Assert.Equal(1, _net.Stack.InterfaceCount);
            _net.Poll();

            device.Inject(Frames.Arp(ArpOperation.Request, Frames.PeerLink, Frames.Peer, default, Frames.Us));
            device.Inject(Frames.Udp(4000, 7, "hello"u8, to: address));
            _net.Poll();
            device.Sent.Clear();
            Assert.True(endpoint.TryReceive(_buffer, out UdpReceipt receipt));
            Assert.Equal(SendStatus.Sent, endpoint.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort));
            _net.Interface.Flush();
            Assert.Equal(address, MacAddress.Read(device.Sent.Dequeue().AsSpan(MacAddress.Size)));
            Assert.NotEqual(0, device.Counters[PathEvent.CopiedBytes]);
            Assert.Same(_net.Interface, _net.Stack.RemoveInterface(device));
        }

        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
        _net.ExpectNothing();
    }

    [Fact]
    public void Any_number_of_other_devices_may_come_and_go()
    {
        for (int i = 0; i < 100; i++)
        {
            PacketPool pool = new(64);
            FakeDevice device = new(pool);
            NetworkInterface added = Add(device, pool);
            Assert.Equal(2, _net.Stack.InterfaceCount);
            Assert.Same(added, _net.Stack[1]);
            Assert.Same(_net.Interface, _net.Stack[0]);
            Assert.Same(added, _net.Stack.RemoveInterface(device));
            Assert.Null(_net.Stack.RemoveInterface(device));
        }
    }

    [Fact]
    public void The_others_keep_their_order()
    {
        FakeDevice[] devices = new FakeDevice[NetworkStack.MaximumInterfaces - 1];
        for (int i = 0; i < devices.Length; i++)
        {
            PacketPool pool = new(64);
            Add(devices[i] = new FakeDevice(pool), pool);
        }

        NetworkInterface second = _net.Stack[2];
        NetworkInterface last = _net.Stack[NetworkStack.MaximumInterfaces - 1];
        _net.Stack.RemoveInterface(devices[0]);
        Assert.Same(second, _net.Stack[1]);
        Assert.Same(last, _net.Stack[NetworkStack.MaximumInterfaces - 2]);
    }

    private NetworkInterface Add(FakeDevice device, PacketPool pool) =>
        _net.Stack.AddInterface(device, pool, InterfaceConfiguration.Fixed(new IpPrefix(Frames.Us, 24)), _net.Now);
}
