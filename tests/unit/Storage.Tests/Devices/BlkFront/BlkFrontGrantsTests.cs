using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Pv.Tests.Xen;
using Guest.Storage.Devices;

namespace Guest.Storage.Tests.BlkFront;

/// <summary>The table of granted pages, against a list of what must be in it.</summary>
public sealed unsafe class BlkFrontGrantsTests
{
    private const int Pages = 9_000;

    private readonly FakeXen _xen = new();
    private readonly PathCounters _counters = new("blkfront0");
    private readonly byte* _memory = DeviceMemory.AllocatePages(Pages);
    private readonly Random _random = new(11);

    [Fact]
    public void Pages_that_are_kept_or_held_keep_their_grants_and_no_grant_is_lost_whatever_is_given_up()
    {
        _xen.Machine.MostGrantPages = 64;
        BlkFrontGrants grants = new(_xen.Domain, _counters);
        Dictionary<int, uint> held = [];
        for (int i = 0; i < 64; i++)
            held[i] = grants.Hold(0, At(i));
        for (int round = 0; round < 60; round++)
        {
            while (!grants.IsFull)
                Assert.NotEqual(0u, grants.Of(0, At(_random.Next(Pages))));
            Dictionary<int, uint> kept = [];
            for (int i = 0; i < 2_000; i++)
            {
                int page = _random.Next(Pages);
                uint known = grants.Of(0, At(page));
                if (known != 0)
                    kept[page] = known;
            }

            grants.BeginEviction();
            foreach (int page in kept.Keys)
                grants.Keep(At(page));
            Assert.True(grants.TryEvict());

            Assert.Equal(_xen.Domain.Grants.InUse, grants.Count);
            Assert.InRange(grants.Count, kept.Count, 6_144 - 1);
            long before = _counters[PathEvent.GrantOperation];
            foreach ((int page, uint reference) in kept)
                Assert.Equal(reference, grants.Of(0, At(page)));
            foreach ((int page, uint reference) in held)
                Assert.Equal(reference, grants.Of(0, At(page)));
            Assert.Equal(before, _counters[PathEvent.GrantOperation]);
        }

        Assert.True(grants.TryEndAll());
        Assert.Equal((0, 0), (grants.Count, _xen.Domain.Grants.InUse));
    }

    [Fact]
    public void What_a_back_end_has_mapped_stays_and_the_rest_goes()
    {
        _xen.Machine.MostGrantPages = 64;
        BlkFrontGrants grants = new(_xen.Domain, _counters);
        Dictionary<int, uint> mapped = [];
        for (int i = 0; i < 3_000; i++)
        {
            uint reference = grants.Of(0, At(i));
            if (i % 3 != 0)
                continue;
            mapped[i] = reference;
            _xen.Machine.Entry(reference).FlagsAndDomain |= 8 | 16;
        }

        Assert.False(grants.TryEndAll());
        Assert.Equal(mapped.Count, grants.Count);
        foreach ((int page, uint reference) in mapped)
            Assert.Equal(reference, grants.Of(0, At(page)));
        grants.BeginEviction();
        Assert.False(grants.TryEvict());

        foreach (uint reference in mapped.Values)
            _xen.Machine.Entry(reference).FlagsAndDomain &= ~24u;
        Assert.True(grants.TryEndAll());
    }

    private byte* At(int page) => _memory + ((long)page * DeviceMemory.PageSize);
}
