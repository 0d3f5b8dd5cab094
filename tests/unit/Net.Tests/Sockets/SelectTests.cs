using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Tests.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>Waiting for one socket, or for several at once.</summary>
[Collection("run loop")]
public sealed class SelectTests : IDisposable
{
    private readonly SocketRig _rig = new();
    private readonly List<Socket> _sockets = [];
    private readonly byte[] _buffer = new byte[100];

    public SelectTests()
    {
        for (int i = 0; i < 3; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, PortOf(i)));
            _sockets.Add(socket);
        }
    }

    public void Dispose() => _sockets.ForEach(each => each.Dispose());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Select_leaves_the_one_that_can_be_read(int which)
    {
        _rig.Clock.OnIdle = () => Arrive(which);
        List<Socket> read = [.. _sockets];
        Socket.Select(read, null, null, -1);
        Assert.Equal([_sockets[which]], read);
        Assert.Equal(1, _sockets[which].Receive(_buffer));
    }

    [Fact]
    public void Select_leaves_all_that_can_be_read_in_their_order()
    {
        Arrive(2);
        Arrive(0);
        _rig.Net.Poll();
        List<Socket> read = [.. _sockets];
        Socket.Select(read, null, null, 0);
        Assert.Equal([_sockets[0], _sockets[2]], read);
    }

    [Fact]
    public void Select_ends_with_its_time_and_leaves_none()
    {
        Instant before = _rig.Clock.Now;
        List<Socket> read = [.. _sockets];
        List<Socket> error = [.. _sockets];
        Socket.Select(read, null, error, 1_500);
        Assert.Empty(read);
        Assert.Empty(error);
        Assert.Equal(Duration.FromMicroseconds(1_500), _rig.Clock.Now - before);
    }

    [Fact]
    public void Select_for_no_time_does_not_wait()
    {
        Instant before = _rig.Clock.Now;
        List<Socket> read = [.. _sockets];
        Socket.Select(read, null, null, 0);
        Assert.Empty(read);
        Assert.Equal(before, _rig.Clock.Now);
    }

    [Fact]
    public void What_can_be_written_ends_the_wait_for_all()
    {
        List<Socket> read = [.. _sockets];
        List<Socket> write = [_sockets[1]];
        Socket.Select(read, write, null, -1);
        Assert.Empty(read);
        Assert.Equal([_sockets[1]], write);
    }

    [Fact]
    public void Select_in_turn_takes_what_many_sockets_get()
    {
        Random random = new(1);
        for (int i = 0; i < 200; i++)
        {
            int which = random.Next(_sockets.Count);
            _rig.Clock.OnIdle = () => Arrive(which);
            List<Socket> read = [.. _sockets];
            Socket.Select(read, null, null, 1_000_000);
            Assert.Equal(1, Assert.Single(read).Receive(_buffer));
        }
    }

    [Fact]
    public void A_socket_that_another_thread_closes_is_ready()
    {
        _rig.Clock.OnIdle = () => _sockets[1].Dispose();
        List<Socket> read = [.. _sockets];
        Socket.Select(read, null, null, 1_000_000);
        Assert.Equal([_sockets[1]], read);
        Assert.Throws<ObjectDisposedException>(() => _sockets[1].Receive(_buffer));
    }

    [Fact]
    public void Poll_takes_no_wake_up_from_a_thread_that_receives()
    {
        int received = 0;
        bool polled = false;
        Scheduler scheduler = Guest.Core.Processor.Current.Scheduler;
        scheduler.Start("poller", () => polled = _sockets[0].Poll(-1, SelectMode.SelectRead));
        scheduler.Start("receiver", () => received = _sockets[0].Receive(_buffer));
        scheduler.Yield();

        _rig.Clock.OnIdle = () => Arrive(0);
        scheduler.Sleep(_rig.Clock.Now + Duration.FromMilliseconds(1));

        Assert.Equal((1, true), (received, polled));
    }

    [Fact]
    public void Mistakes_of_the_program_throw()
    {
        Assert.Throws<ArgumentNullException>(() => Socket.Select(null, null, new List<Socket>(), 0));
        Assert.Throws<ArgumentException>(() => Socket.Select(new List<object> { "a socket?" }, null, null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _sockets[0].Poll(0, (SelectMode)3));
    }

    private static ushort PortOf(int which) => (ushort)(7 + which);

    private void Arrive(int which) => _rig.Net.Device.Inject(Frames.Udp(4000, PortOf(which), "x"u8));
}
