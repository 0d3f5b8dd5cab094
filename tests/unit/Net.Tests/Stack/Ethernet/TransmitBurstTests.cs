using System;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>When frames are handed to the device and it is told: docs/decisions/0006-transmit-bursts.md.</summary>
public sealed class TransmitBurstTests
{
    private readonly Dialogue _net = new();
    private readonly UdpEndpoint _endpoint;
    private readonly byte[] _buffer = new byte[2000];

    public TransmitBurstTests()
    {
        _endpoint = _net.Bind(7);
        _net.IntroducePeer();
    }

    [Fact]
    public void Lone_send_goes_at_once()
    {
        int before = _net.Device.Notifications;
        _endpoint.Send("x"u8, Frames.Peer, 9);
        _net.ExpectUdp();
        Assert.Equal(before + 1, _net.Device.Notifications);
    }

    [Fact]
    public void Answers_to_a_burst_go_as_a_burst()
    {
        _net.Stack.Clock = () => _net.Now;
        int before = _net.Device.Notifications;
        ReceiveBurst(16);
        for (int i = 0; i < 16; i++)
        {
            _net.ExpectNothing();
            Answer();
        }

        Assert.Equal(16, _net.Device.Sent.Count);
        Assert.Equal(before + 1, _net.Device.Notifications);
    }

    [Fact]
    public void Slow_applications_answers_are_not_held_for_long()
    {
        Instant time = _net.Now;
        _net.Stack.Clock = () => time;
        ReceiveBurst(16);
        for (int i = 0; i < 8; i++)
        {
            time += Duration.FromMicroseconds(30);
            Answer();
        }

        Assert.Equal(8, _net.Device.Sent.Count);
    }

    [Fact]
    public void The_machine_does_not_idle_over_held_frames()
    {
        _net.Stack.Clock = () => _net.Now;
        ReceiveBurst(3);
        Answer();
        _net.ExpectNothing();
        Assert.False(_net.Interface.Arm());

        _net.Poll();

        _net.ExpectUdp();
        Assert.True(_net.Interface.Arm());
    }

    [Fact]
    public void A_full_ring_is_waited_for_by_time_and_not_by_polling()
    {
        _net.Device.Room = 0;
        _endpoint.Send("x"u8, Frames.Peer, 9);
        _net.Poll();

        Assert.True(_net.Interface.Arm());
        Assert.True(_net.Earliest <= _net.Now + Duration.FromMilliseconds(1));
    }

    [Fact]
    public void An_interface_that_falls_quiet_looks_at_its_link_within_fifty_milliseconds()
    {
        _net.Device.LinkUp = false;
        _net.Device.Inject(Frames.Udp(4000, 7, "x"u8));
        Assert.False(_net.Interface.Poll(_net.Now));
        Assert.InRange((_net.Earliest - _net.Now).Milliseconds, 0, 50);

        _net.Advance(Duration.FromMilliseconds(50));

        Assert.False(_net.Interface.IsUsable);
        Assert.True(_net.Earliest.IsNever);
    }

    [Fact]
    public void A_busy_interface_looks_at_its_link_within_ten_milliseconds()
    {
        _net.Poll();
        _net.Device.LinkUp = false;
        for (int i = 1; i <= 10; i++)
        {
            _net.Device.Inject(Frames.Udp(4000, 7, "x"u8));
            _net.Interface.Poll(_net.Now + Duration.FromMilliseconds(i));
        }

        Assert.False(_net.Interface.IsUsable);
    }

    [Fact]
    public void Without_a_clock_few_are_held()
    {
        ReceiveBurst(16);
        for (int i = 0; i < 4; i++)
            Answer();
        Assert.Equal(4, _net.Device.Sent.Count);
    }

    [Fact]
    public void Held_frames_go_with_the_next_pass()
    {
        ReceiveBurst(16);
        Answer();
        _net.ExpectNothing();
        _net.Poll();
        _net.ExpectUdp();
    }

    [Fact]
    public void Replies_of_a_pass_go_as_a_burst()
    {
        int before = _net.Device.Notifications;
        byte[] ping = Frames.Ipv4(IpProtocol.Icmp, Frames.IcmpPayload(IcmpType.EchoRequest, 0, 1, "data"u8));
        for (int i = 0; i < 32; i++)
            _net.Device.Inject(ping);
        _net.Poll();
        Assert.Equal(32, _net.Device.Sent.Count);
        Assert.Equal(before + 1, _net.Device.Notifications);
    }

    [Fact]
    public void Full_ring_is_offered_the_rest_soon_after()
    {
        _net.Device.Room = 3;
        ReceiveBurst(5);
        for (int i = 0; i < 5; i++)
            Answer();
        Assert.Equal(3, _net.Device.Sent.Count);
        _net.Poll();
        Assert.Equal(_net.Now + Duration.FromMicroseconds(100), _net.Earliest);
        _net.Device.Room = 100;
        _net.Advance(Duration.FromMicroseconds(100));
        Assert.Equal(5, _net.Device.Sent.Count);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Backlog_that_went_meanwhile_leaves_no_deadline()
    {
        _net.Device.Room = 0;
        _endpoint.Send("x"u8, Frames.Peer, 9);
        _net.Poll();
        _net.Device.Room = 100;
        _endpoint.Send("y"u8, Frames.Peer, 9);
        Assert.Equal(2, _net.Device.Sent.Count);
        _net.Poll();
        _net.BeQuiet();
        Assert.True(_net.Earliest > _net.Now + Duration.FromSeconds(1));
    }

    [Fact]
    public void Full_ring_and_full_queue_make_the_sender_wait()
    {
        _net.Device.Room = 0;
        for (int i = 0; i < 64; i++)
            Assert.Equal(SendStatus.Sent, _endpoint.Send("x"u8, Frames.Peer, 9));
        Assert.Equal(SendStatus.Busy, _endpoint.Send("x"u8, Frames.Peer, 9));
        _net.Device.Room = 64;
        Assert.Equal(SendStatus.Sent, _endpoint.Send("x"u8, Frames.Peer, 9));
    }

    [Fact]
    public void Empty_pool_makes_the_sender_wait()
    {
        _net.Device.Room = 0;
        while (_net.Pool.TryTake() is not null)
        {
        }

        Assert.Equal(SendStatus.Busy, _endpoint.Send("x"u8, Frames.Peer, 9));
    }

    private void ReceiveBurst(int count)
    {
        for (int i = 0; i < count; i++)
            _net.Device.Inject(Frames.Udp(4000, 7, "hello"u8));
        _net.Poll();
        Assert.Equal(count, _endpoint.Pending);
    }

    private void Answer()
    {
        Assert.True(_endpoint.TryReceive(_buffer, out UdpReceipt receipt));
        Assert.Equal(SendStatus.Sent, _endpoint.Send(_buffer.AsSpan(0, receipt.Length), receipt.Source, receipt.SourcePort));
    }
}
