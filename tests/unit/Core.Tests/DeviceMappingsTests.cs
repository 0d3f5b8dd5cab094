using System;
using System.Collections.Generic;
using Guest.Core.Memory;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

/// <summary>Devices' memory is mapped where it is free, within bounds, and what is unmapped leaves nothing behind.</summary>
public sealed class DeviceMappingsTests
{
    private const ulong Page = 4096;

    private readonly HostedPageTables _tables = new(21);

    [Fact]
    public void A_mapping_leads_to_the_device_with_its_offset_in_the_page()
    {
        DeviceMappings mappings = new(_tables, Cpu(40));

        nuint mapped = mappings.TryMap(0xfebd_1234, 0x2000);

        Assert.True(_tables.TryTranslate(mapped, out ulong first));
        Assert.True(_tables.TryTranslate(mapped + 0x1fff, out ulong last));
        Assert.Equal((0xfebd_1234UL, 0xfebd_3233UL), (first, last));
        Assert.False(_tables.TryTranslate((mapped & ~(nuint)(Page - 1)) + 0x3000, out _));
    }

    [Theory]
    [InlineData(0xfebd_0000, 0)]
    [InlineData(0xfebd_0000, DeviceMappings.Longest + 1)]
    [InlineData(0xfebd_0000, ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 0xfff, 0x1000)]
    [InlineData(ulong.MaxValue - 0xfff, 0x2000)]
    [InlineData(1UL << 40, 0x1000)]
    [InlineData((1UL << 40) - 0x1000, 0x1001)]
    public void What_no_device_can_have_is_not_mapped(ulong address, ulong length)
    {
        DeviceMappings mappings = new(_tables, Cpu(40));

        Assert.Equal((nuint)0, mappings.TryMap(address, length));

        Assert.Equal(1, _tables.Tables);
    }

    [Theory]
    [InlineData((1UL << 40) - 0x1000, 0x1000)]
    [InlineData(0, DeviceMappings.Longest)]
    [InlineData(0xf_ffff_f000, 0x1000)] // every processor reaches this far, and is not asked
    public void The_last_that_a_device_can_have_is_mapped(ulong address, ulong length) =>
        Assert.NotEqual((nuint)0, new DeviceMappings(_tables, Cpu(40)).TryMap(address, length));

    [Fact]
    public void A_region_that_is_mapped_a_million_times_leaves_tables_and_addresses_where_they_were()
    {
        DeviceMappings mappings = new(_tables, Cpu(40));
        mappings.TryMap(0xfec0_0000, Page);
        int tables = _tables.Tables;
        nuint first = mappings.TryMap(0xfe00_0000, 0x20000);
        mappings.Unmap(first, 0x20000);

        for (int i = 0; i < 1_000_000; i++)
        {
            nuint mapped = mappings.TryMap(0xfe00_0000, 0x20000);
            if (mapped != first)
                Assert.Fail($"mapped at {mapped:x} in round {i}");
            mappings.Unmap(mapped, 0x20000);
            _tables.Invalidated.Clear();
        }

        Assert.False(_tables.TryTranslate(first, out _));
        Assert.Equal(tables, _tables.Tables);
    }

    [Fact]
    public void Regions_of_all_lengths_in_any_order_share_no_address_and_leave_nothing()
    {
        DeviceMappings mappings = new(_tables, Cpu(40));
        Random random = new(4711);
        List<(nuint Mapped, ulong Length)> there = [];
        nuint highest = 0;
        for (int i = 0; i < 20_000; i++)
        {
            if (there.Count < 20 && random.Next(2) == 0)
            {
                ulong length = (ulong)random.Next(1, 40) * 1000;
                nuint mapped = mappings.TryMap(0xe000_0000 + ((ulong)random.Next(1 << 20) * 16), length);
                foreach ((nuint other, ulong otherLength) in there)
                    Assert.True(End(mapped, length) <= Start(other) || End(other, otherLength) <= Start(mapped));
                there.Add((mapped, length));
                highest = (nuint)Math.Max(highest, End(mapped, length));
            }
            else if (there.Count != 0)
            {
                int which = random.Next(there.Count);
                mappings.Unmap(there[which].Mapped, there[which].Length);
                there.RemoveAt(which);
            }
        }

        foreach ((nuint mapped, ulong length) in there)
            mappings.Unmap(mapped, length);

        Assert.InRange(highest, AddressSpace.DeviceBase, AddressSpace.DeviceBase + (100 * 40_000));
        Assert.Equal(AddressSpace.DeviceBase, (ulong)mappings.TryMap(0xe000_0000, Page));
        Assert.Equal(4, _tables.Tables); // for one page
    }

    private static FakeCpu Cpu(int addressBits) => new() { [0x8000_0008] = new((uint)addressBits, 0, 0, 0) };

    private static ulong Start(nuint mapped) => mapped & ~(Page - 1);

    private static ulong End(nuint mapped, ulong length) => (mapped + length + Page - 1) & ~(Page - 1);
}
