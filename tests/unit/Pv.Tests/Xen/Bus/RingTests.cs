using System;
using FsCheck.Xunit;
using Guest.Core.Memory;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

public unsafe class RingTests
{
    private readonly byte* _page = DeviceMemory.AllocatePages(1);
    private FrontRing<ulong, uint> _ring;

    public RingTests() => _ring.Initialize(_page);

    private ref uint RequestEvent => ref ((uint*)_page)[1];

    private ref uint ResponseProducer => ref ((uint*)_page)[2];

    private ref uint ResponseEvent => ref ((uint*)_page)[3];

    [Fact]
    public void The_size_is_the_largest_power_of_two_that_fits_the_wider_of_the_two()
    {
        Assert.Equal(256, _ring.Size);
        FrontRing<uint, decimal> wide = default;
        wide.Initialize(_page);
        Assert.Equal(128, wide.Size);
    }

    [Fact]
    public void The_first_request_is_told()
    {
        _ring.Request(0) = 42;
        _ring.RequestProducer = 1;
        Assert.True(_ring.HasUnpublished);
        Assert.True(_ring.Publish());
        Assert.False(_ring.HasUnpublished);
        Assert.Equal(42UL, *(ulong*)(_page + 64));
    }

    [Theory]
    [InlineData(0u, 3u, 1u, true)]
    [InlineData(0u, 3u, 3u, true)]
    [InlineData(0u, 3u, 4u, false)]
    [InlineData(0u, 3u, 0u, false)]
    [InlineData(10u, 12u, 10u, false)]
    [InlineData(10u, 12u, 11u, true)]
    public void A_publication_is_told_if_it_passes_the_event_that_was_asked_for(uint from, uint to, uint wanted, bool told)
    {
        _ring.RequestProducer = from;
        _ring.Publish();
        RequestEvent = wanted;
        _ring.RequestProducer = to;
        Assert.Equal(told, _ring.Publish());
    }

    [Property]
    public bool The_rule_holds_across_the_counters_wrap(uint from, byte step, byte distance)
    {
        FrontRing<ulong, uint> ring = default;
        ring.Initialize(_page);
        ring.RequestProducer = from;
        ring.Publish();
        RequestEvent = from + 1 + distance;
        ring.RequestProducer = from + step;
        return ring.Publish() == (distance < step);
    }

    [Fact]
    public void More_responses_than_requests_are_refused()
    {
        _ring.RequestProducer = 4;
        _ring.Publish();
        ResponseProducer = 4;
        Assert.True(_ring.TryCount(out int count));
        Assert.Equal(4, count);
        ResponseProducer = 5;
        Assert.False(_ring.TryCount(out _));
        ResponseProducer = uint.MaxValue;
        Assert.False(_ring.TryCount(out _));
    }

    [Fact]
    public void Requests_that_were_not_published_cannot_be_answered()
    {
        _ring.RequestProducer = 4;
        ResponseProducer = 1;
        Assert.False(_ring.TryCount(out _));
    }

    [Fact]
    public void Arming_asks_for_the_next_response_and_looks_once_more()
    {
        _ring.RequestProducer = 2;
        _ring.Publish();
        Assert.False(_ring.Arm());
        Assert.Equal(1u, ResponseEvent);
        ResponseProducer = 1;
        Assert.True(_ring.Arm());
        _ring.ResponseConsumer = 1;
        Assert.False(_ring.Arm());
        Assert.Equal(2u, ResponseEvent);
    }

    [Property]
    public bool A_byte_ring_gives_back_what_was_put_in(byte[] first, byte[] second, ushort start)
    {
        byte* page = DeviceMemory.AllocatePages(1);
        ((uint*)page)[0] = start;
        ((uint*)page)[1] = start;
        ByteRing ring = new(page + 64, 256, (uint*)page, ((uint*)page) + 1);
        byte[] back = new byte[512];
        int put = ring.Write(first);
        int got = ring.Read(back.AsSpan(0, put / 2));
        put += ring.Write(second);
        got += ring.Read(back.AsSpan(got));
        byte[] expected = [.. first.AsSpan(0, Math.Min(first.Length, 256)), .. second];
        return got == put && expected.AsSpan(0, got).SequenceEqual(back.AsSpan(0, got));
    }

    [Fact]
    public void A_byte_ring_refuses_counters_further_apart_than_its_size()
    {
        ((uint*)_page)[0] = 5;
        ((uint*)_page)[1] = 5 + 257;
        ByteRing ring = new(_page + 64, 256, (uint*)_page, ((uint*)_page) + 1);
        Assert.Equal(ByteRing.Corrupt, ring.Read(new byte[8]));
        Assert.Equal(ByteRing.Corrupt, ring.Write(new byte[8]));
    }
}
