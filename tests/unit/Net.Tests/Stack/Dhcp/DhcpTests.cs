using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>RFC 2131, from the first DISCOVER to the lease's end, with losses.</summary>
public sealed class DhcpTests
{
    private readonly Dialogue _net = new(configuration: InterfaceConfiguration.FromDhcp);

    [Fact]
    public void Address_is_asked_for_offered_accepted_and_confirmed()
    {
        _net.Poll();
        DhcpServer.Seen discover = Expect(DhcpMessageType.Discover);
        Assert.Equal((IpAddress.AnyIpv4, IpAddress.BroadcastIpv4), (discover.Datagram.Source, discover.Datagram.Destination));
        Assert.Equal(MacAddress.Broadcast, discover.LinkDestination);
        Assert.Null(discover.Requested);
        Assert.Equal([1, .. new byte[] { 2, 0, 0, 0, 0, 2 }], discover.Options[61]);

        _net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer));
        DhcpServer.Seen request = Expect(DhcpMessageType.Request);
        Assert.Equal((discover.Transaction, DhcpServer.Leased, DhcpServer.Address), (request.Transaction, request.Requested, request.Server));
        Assert.Equal(IpAddress.BroadcastIpv4, request.Datagram.Destination);
        Assert.False(_net.Interface.HasAddress);

        _net.Receive(DhcpServer.Answer(request, DhcpMessageType.Ack));
        Assert.Equal(new IpPrefix(DhcpServer.Leased, 24), _net.Interface.Address);
        Assert.Equal(Frames.Ip("10.0.0.254"), _net.Interface.Gateway);
        Assert.Equal(Frames.Ip("192.0.2.53"), _net.Interface.NameServer);
        Assert.Equal(1400, _net.Interface.Mtu);
        Assert.True(_net.Interface.IsUsable);
        Assert.Equal(DhcpServer.Leased, _net.ExpectArp(ArpOperation.Request).TargetProtocol);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Fact]
    public void Options_may_overflow_into_the_file_field()
    {
        _net.Poll();
        _net.Receive(DhcpServer.Answer(Expect(DhcpMessageType.Discover), DhcpMessageType.Offer, overload: true));
        _net.Receive(DhcpServer.Answer(Expect(DhcpMessageType.Request), DhcpMessageType.Ack, overload: true));
        Assert.Equal(new IpPrefix(DhcpServer.Leased, 24), _net.Interface.Address);
    }

    [Fact]
    public void Discover_is_repeated_for_ever_with_back_off()
    {
        _net.Poll();
        Expect(DhcpMessageType.Discover);
        foreach (int seconds in (int[])[4, 8, 16, 32, 64, 64, 64])
        {
            Duration wait = _net.Earliest - _net.Now;
            Assert.InRange(wait.Milliseconds, (seconds * 1000) - 1000, (seconds * 1000) + 1000);
            _net.Advance(wait);
            Expect(DhcpMessageType.Discover);
        }
    }

    [Fact]
    public void Lost_request_is_repeated_then_offers_are_asked_for_again()
    {
        _net.Poll();
        DhcpServer.Seen discover = Expect(DhcpMessageType.Discover);
        _net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer));
        _net.BeQuiet();
        for (int i = 0; i < 4; i++)
        {
            Expect(DhcpMessageType.Request);
            _net.Advance(_net.Earliest - _net.Now);
        }

        DhcpServer.Seen again = Expect(DhcpMessageType.Discover);
        Assert.NotEqual(discover.Transaction, again.Transaction);
        Assert.Equal(DhcpServer.Leased, again.Requested);
    }

    [Fact]
    public void Answers_of_others_are_ignored()
    {
        _net.Poll();
        DhcpServer.Seen discover = Expect(DhcpMessageType.Discover);
        _net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer, transaction: discover.Transaction + 1));
        _net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Ack));
        _net.ExpectNothing();
        _net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer, leased: Frames.Ip("127.0.0.1")));
        _net.ExpectNothing();
        _net.Receive(DhcpServer.Answer(discover, DhcpMessageType.Offer));
        DhcpServer.Seen request = Expect(DhcpMessageType.Request);
        _net.Receive(DhcpServer.Answer(request, DhcpMessageType.Ack, server: Frames.Ip("10.0.0.66")));
        _net.Receive(DhcpServer.Answer(request, DhcpMessageType.Nak, server: Frames.Ip("10.0.0.66")));
        Assert.False(_net.Interface.HasAddress);
        _net.ExpectNothing();
    }

    [Fact]
    public void Refusal_starts_anew_without_the_old_wish()
    {
        _net.Poll();
        _net.Receive(DhcpServer.Answer(Expect(DhcpMessageType.Discover), DhcpMessageType.Offer));
        _net.Receive(DhcpServer.Answer(Expect(DhcpMessageType.Request), DhcpMessageType.Nak));
        Assert.Null(Expect(DhcpMessageType.Discover).Requested);
    }

    [Fact]
    public void Lease_is_renewed_with_its_server_at_half_time()
    {
        Lease();
        _net.Advance(Duration.FromSeconds(499));
        _net.ExpectNothing();
        IntroduceServer();
        _net.Advance(Duration.FromSeconds(1));
        DhcpServer.Seen renewal = Expect(DhcpMessageType.Request);
        Assert.Equal((DhcpServer.Leased, DhcpServer.Address), (renewal.Datagram.Source, renewal.Datagram.Destination));
        Assert.Equal(Frames.PeerLink, renewal.LinkDestination);
        Assert.Equal(DhcpServer.Leased.Ipv4, renewal.ClientAddress);
        Assert.Null(renewal.Requested);
        Assert.Null(renewal.Server);

        _net.Receive(DhcpServer.Answer(renewal, DhcpMessageType.Ack, leaseSeconds: 2000));
        _net.Advance(Duration.FromSeconds(998));
        _net.Device.Sent.Clear();
        IntroduceServer();
        _net.Advance(Duration.FromSeconds(2));
        Expect(DhcpMessageType.Request);
    }

    [Fact]
    public void Lease_that_nobody_renews_is_asked_of_everyone_then_given_up()
    {
        Lease();
        Instant leased = _net.Now;
        IpAddress lastDestination = default;
        while (_net.Interface.HasAddress)
        {
            _net.Advance(_net.Earliest - _net.Now);
            while (_net.Device.Sent.Count > 0)
            {
                byte[] frame = _net.Device.Sent.Dequeue();
                if (frame[13] == 0 && _net.Interface.HasAddress)
                    lastDestination = DhcpServer.Read(frame).Datagram.Destination;
                else if (frame[13] == 0)
                    Assert.Equal(DhcpMessageType.Discover, DhcpServer.Read(frame).Type);
            }
        }

        Assert.Equal(IpAddress.BroadcastIpv4, lastDestination);
        Assert.Equal(1000, (_net.Now - leased).Seconds);
    }

    [Fact]
    public void Any_server_may_extend_the_lease_after_t_2()
    {
        Lease();
        _net.Device.Sent.Clear();
        DhcpServer.Seen? question = null;
        while (question is null)
        {
            _net.Advance(_net.Earliest - _net.Now);
            while (_net.Device.Sent.TryDequeue(out byte[]? frame))
            {
                if (frame[13] == 0 && frame[30] == 255)
                    question = DhcpServer.Read(frame);
            }
        }

        _net.Receive(DhcpServer.Answer(question, DhcpMessageType.Ack, server: Frames.Ip("10.0.0.66")));
        _net.Advance(Duration.FromSeconds(200));
        Assert.True(_net.Interface.HasAddress);
    }

    [Fact]
    public void Infinite_lease_is_not_renewed()
    {
        Lease(uint.MaxValue);
        _net.BeQuiet();
        Assert.True(_net.Earliest.IsNever);
    }

    [Fact]
    public void Link_that_comes_back_is_asked_again_for_the_same_address()
    {
        Lease();
        _net.Device.LinkUp = false;
        _net.BeQuiet();
        Assert.True(_net.Earliest.IsNever);
        _net.ExpectNothing();
        _net.Device.LinkUp = true;
        _net.Poll();
        Assert.False(_net.Interface.HasAddress);
        Assert.Equal(DhcpServer.Leased, Expect(DhcpMessageType.Discover).Requested);
    }

    [Fact]
    public void Ready_waits_for_the_address()
    {
        int told = 0;
        _net.Bind(7);
        _net.Stack.FirstEndpointReady = (_, _) => told++;
        Assert.Equal(0, told);
        Lease();
        Assert.Equal(1, told);
    }

    private void Lease(uint seconds = 1000)
    {
        _net.Poll();
        _net.Receive(DhcpServer.Answer(Expect(DhcpMessageType.Discover), DhcpMessageType.Offer, leaseSeconds: seconds));
        _net.Receive(DhcpServer.Answer(Expect(DhcpMessageType.Request), DhcpMessageType.Ack, leaseSeconds: seconds));
        _net.ExpectArp(ArpOperation.Request);
    }

    private void IntroduceServer()
    {
        _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, DhcpServer.Address, default, DhcpServer.Leased));
        _net.ExpectArp(ArpOperation.Reply);
    }

    private DhcpServer.Seen Expect(DhcpMessageType type)
    {
        DhcpServer.Seen seen = DhcpServer.Read(_net.ExpectFrame());
        Assert.Equal(type, seen.Type);
        return seen;
    }
}
