using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack;

/// <summary>What a DHCP server says is believed only so far: no answer of its makes the client ask without pause, or use what is not its own.</summary>
public sealed class DhcpTrustTests
{
    private readonly Dialogue _net = new(configuration: InterfaceConfiguration.FromDhcp);

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(1u, 1u)]
    [InlineData(0u, 3599u)]
    [InlineData(3600u, 3600u)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(1800u, 2u)]
    public void Times_that_leave_no_pause_are_not_believed(uint t1, uint t2)
    {
        List<Instant> requests = Serve(
            Duration.FromSeconds(3600), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(3600)), (58, DhcpServer.Bytes(t1)), (59, DhcpServer.Bytes(t2)));
        Assert.True(_net.Interface.HasAddress);
        Assert.InRange(requests.Count, 2, 5);
    }

    [Fact]
    public void An_early_but_honest_renewal_time_is_kept()
    {
        List<Instant> requests = Serve(
            Duration.FromSeconds(61), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(3600)), (58, DhcpServer.Bytes(10)));
        Assert.Equal(7, requests.Count);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(5u)]
    [InlineData(20u)]
    public void An_address_is_not_used_after_its_lease(uint seconds)
    {
        Serve(Duration.FromSeconds(0), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(seconds)));
        Assert.True(_net.Interface.HasAddress);
        _net.Advance(Duration.FromMilliseconds((seconds * 1000) - 1));
        Assert.True(_net.Interface.HasAddress);
        _net.Advance(Duration.FromMilliseconds(1));
        Assert.False(_net.Interface.HasAddress);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(3u)]
    [InlineData(4u)]
    public void Short_leases_do_not_make_many_questions(uint seconds)
    {
        List<Instant> requests = Serve(Duration.FromSeconds(600), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(seconds)));
        Assert.InRange(requests.Count, 5, 210);
    }

    [Fact]
    public void A_server_that_always_refuses_is_asked_less_and_less()
    {
        List<Instant> requests = Serve(Duration.FromSeconds(600), DhcpMessageType.Nak);
        Assert.InRange(requests.Count, 8, 14);
        for (int i = 6; i < requests.Count; i++)
            Assert.InRange((requests[i] - requests[i - 1]).Seconds, 60, 66);
        Assert.Equal(requests.Count, _net.Interface.DhcpTroubles![DhcpTrouble.Refused]);
        Assert.False(_net.Interface.HasAddress);
        Assert.Equal(_net.Pool.Count, _net.Pool.Available);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(255, 0, 255, 0)]
    public void An_offer_with_a_mask_that_is_none_is_passed_over(byte a, byte b, byte c, byte d)
    {
        List<Instant> requests = Serve(Duration.FromSeconds(10), DhcpMessageType.Ack, (1, [a, b, c, d]), (51, DhcpServer.Bytes(3600)));
        Assert.Empty(requests);
        AssertPassedOver(DhcpTrouble.BadAddress);
    }

    [Fact]
    public void A_lease_of_no_time_is_none()
    {
        List<Instant> requests = Serve(Duration.FromSeconds(10), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(0)));
        Assert.Empty(requests);
        AssertPassedOver(DhcpTrouble.BadLease);
    }

    [Theory]
    [InlineData(1u, 1)]
    [InlineData(3u, 1)]
    [InlineData(4u, 0)]
    [InlineData(uint.MaxValue, 0)]
    public void A_lease_that_ends_before_it_can_be_extended_is_told_of(uint seconds, int told)
    {
        Serve(Duration.FromSeconds(0), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(seconds)));
        Assert.True(_net.Interface.HasAddress);
        Assert.Equal(told, _net.Interface.DhcpTroubles![DhcpTrouble.ShortLease]);
    }

    [Fact]
    public void A_lease_that_was_extended_makes_the_next_trouble_count_anew()
    {
        Serve(Duration.FromSeconds(60), DhcpMessageType.Nak);
        Serve(Duration.FromSeconds(100), DhcpMessageType.Ack, (1, [255, 255, 255, 0]), (51, DhcpServer.Bytes(20)));
        Assert.True(_net.Interface.HasAddress);

        // Pauses of a minute would leave the renewal alone; how many fit depends on the jitter.
        Assert.InRange(Serve(Duration.FromSeconds(15), DhcpMessageType.Nak).Count, 2, 4);
    }

    /// <summary>An offer that is passed over is an answer, though no use.</summary>
    private void AssertPassedOver(DhcpTrouble why)
    {
        DhcpTroubles troubles = _net.Interface.DhcpTroubles!;
        Assert.False(_net.Interface.HasAddress);
        Assert.True(troubles[why] > 0);
        Assert.True(troubles[DhcpTrouble.NoUsableOffer] > 0);
        Assert.Equal(0, troubles[DhcpTrouble.NoAnswer]);
    }

    /// <summary>Plays a server that offers to every DISCOVER and answers every REQUEST in one way.</summary>
    /// <returns>When the REQUESTs came.</returns>
    private List<Instant> Serve(Duration duration, DhcpMessageType answer, params (byte, byte[])[] options)
    {
        List<Instant> requests = [];
        (byte, byte[])[]? offer = options.Length == 0 ? null : options;
        Instant end = _net.Now + duration;
        _net.Poll();
        while (true)
        {
            while (_net.Device.Sent.TryDequeue(out byte[]? frame))
            {
                if (frame[12] != 8 || frame[13] != 0)
                    continue;
                DhcpServer.Seen seen = DhcpServer.Read(frame);
                if (seen.Type == DhcpMessageType.Request)
                    requests.Add(_net.Now);
                _net.Receive(seen.Type == DhcpMessageType.Discover
                    ? DhcpServer.Answer(seen, DhcpMessageType.Offer, options: offer)
                    : DhcpServer.Answer(seen, answer, options: answer == DhcpMessageType.Nak ? null : offer));
                IntroduceServer();
            }

            if (_net.Earliest > end)
                break;
            Duration wait = _net.Earliest > _net.Now ? _net.Earliest - _net.Now : default;
            _net.Advance(wait);
        }

        _net.Advance(end - _net.Now);
        _net.Device.Sent.Clear();
        return requests;
    }

    // So that renewals reach it by its own address.
    private void IntroduceServer()
    {
        if (_net.Interface.HasAddress)
            _net.Receive(Frames.Arp(ArpOperation.Request, Frames.PeerLink, DhcpServer.Address, default, DhcpServer.Leased));
    }
}
