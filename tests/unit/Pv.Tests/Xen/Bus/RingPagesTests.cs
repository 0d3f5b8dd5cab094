using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

public sealed unsafe class RingPagesTests
{
    private const uint Mapped = GrantEntry.InUse;

    private readonly FakeXen _xen = new();
    private readonly PathCounters _payer = new("payer");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Pages_of_a_back_end_that_lets_go_cost_nothing(int pages)
    {
        RingPages ring = new(_xen.Domain, pages, _payer);
        HashSet<nint> seen = [];
        for (int i = 0; i < 1_000; i++)
        {
            Assert.True(ring.TryGrant(3, pages));
            Assert.Equal(0, ring.Memory[0]);
            ring.Memory[0] = 1;
            for (int page = 0; page < pages; page++)
                Assert.Equal((nint)(ring.Memory + (page * DeviceMemory.PageSize)), (nint)_xen.Machine.Resolve(ring[page], 3, write: true));
            seen.Add((nint)ring.Memory);
            Assert.True(ring.TryEnd());
        }

        Assert.InRange(seen.Count, 1, RingPages.MostSets);
        Assert.Equal(0, _xen.Domain.Grants.InUse);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_back_end_that_keeps_them_gets_a_few_and_then_none_until_it_lets_go(int pages)
    {
        RingPages ring = new(_xen.Domain, pages, _payer);
        List<uint> kept = [];
        HashSet<nint> seen = [];
        for (int i = 0; i < RingPages.MostSets; i++)
        {
            Assert.True(ring.TryGrant(3, pages));
            Assert.True(seen.Add((nint)ring.Memory), "a page that another still reaches was used again");
            for (int page = 0; page < pages; page++)
                kept.Add(ring[page]);
            kept.ForEach(reference => _xen.Machine.Entry(reference).FlagsAndDomain |= Mapped);
            Assert.False(ring.TryEnd());
        }

        for (int i = 0; i < 1_000; i++)
            Assert.False(ring.TryGrant(3, pages));
        Assert.Equal(kept.Count, ring.Held);
        Assert.Equal(kept.Count, _xen.Domain.Grants.InUse);

        kept.ForEach(reference => _xen.Machine.Entry(reference).FlagsAndDomain &= ~Mapped);
        Assert.True(ring.TryGrant(3, pages));
        Assert.Equal(pages, _xen.Domain.Grants.InUse);
    }

    [Fact]
    public void Tending_leaves_the_ring_in_use_alone()
    {
        RingPages ring = new(_xen.Domain, 1, _payer);
        Assert.True(ring.TryGrant(3, 1));
        Assert.True(ring.TryEndEarlier());
        Assert.Equal(1, _xen.Domain.Grants.InUse);
    }

    [Fact]
    public void A_full_grant_table_leaves_nothing_half_granted()
    {
        byte* page = DeviceMemory.AllocatePages(1);
        uint last = 0;
        for (uint reference = 1; reference != 0; reference = _xen.Domain.Grants.Grant(0, page, false, _payer))
            last = reference;
        _xen.Domain.Grants.TryEnd(last, _payer);
        int used = _xen.Domain.Grants.InUse;

        RingPages ring = new(_xen.Domain, 2, _payer);
        Assert.False(ring.TryGrant(3, 2));
        Assert.Equal(used, _xen.Domain.Grants.InUse);
    }
}
