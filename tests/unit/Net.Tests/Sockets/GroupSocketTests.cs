using System.Net;
using System.Net.Sockets;
using Guest.Net.Tests.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>Groups by the BCL's calls.</summary>
[Collection("run loop")]
public sealed class GroupSocketTests
{
    private static readonly IPAddress s_group = IPAddress.Parse("239.1.2.3");
    private readonly SocketRig _rig = new();

    [Fact]
    public void A_client_joins_a_group_and_leaves_it()
    {
        using UdpClient client = new(7) { MulticastLoopback = false };
        client.JoinMulticastGroup(s_group, 9);
        Assert.Equal(9, client.Client.GetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive));
        byte[] frame = Frames.Udp(4000, 7, "hello"u8, destination: Frames.Ip("239.1.2.3"));
        frame[0] = 1;
        _rig.Net.Device.Inject(frame);
        IPEndPoint? sender = null;
        Assert.Equal("hello"u8.ToArray(), client.Receive(ref sender));

        client.DropMulticastGroup(s_group);
        Assert.Equal(SocketError.AddressNotAvailable, Assert.Throws<SocketException>(() => client.DropMulticastGroup(s_group)).SocketErrorCode);
    }

    [Fact]
    public void What_cannot_be_joined_is_an_error()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.False(Join(socket, new MulticastOption(IPAddress.Parse("10.0.0.1")), out SocketError error));
        Assert.Equal(SocketError.InvalidArgument, error);
        Assert.False(Join(socket, new MulticastOption(s_group, IPAddress.Parse("10.9.9.9")), out error));
        Assert.Equal(SocketError.AddressNotAvailable, error);
        Assert.False(Join(socket, new MulticastOption(s_group, 2), out error));
        Assert.Equal(SocketError.AddressNotAvailable, error);
        Assert.True(Join(socket, new MulticastOption(s_group, IPAddress.Parse("10.0.0.2")), out error));
        Assert.False(Join(socket, new MulticastOption(s_group, 1), out error));
        Assert.Equal(SocketError.AddressAlreadyInUse, error);
        Assert.Throws<SocketException>(() => socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true));
    }

    private static bool Join(Socket socket, MulticastOption option, out SocketError error) =>
        socket.TrySetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, option, out error);
}
