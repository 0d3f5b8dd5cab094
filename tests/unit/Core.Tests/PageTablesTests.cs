using System;
using FsCheck.Xunit;
using Guest.Core.Memory;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

public sealed class PageTablesTests
{
    private const ulong AddressMask = 0x000f_ffff_ffff_f000;

    [Fact]
    public void What_is_not_mapped_is_not_found()
    {
        HostedPageTables tables = new(21);
        tables.Map(0xffff_8880_0000_0000, 0, 0x1000, PageFlags.Data);

        Assert.Equal(0UL, tables.Find(0, out _));
        Assert.Equal(0UL, tables.Find(0xffff_8880_0000_1000, out _));
    }

    [Fact]
    public void A_page_leads_to_its_frame_with_its_rights()
    {
        HostedPageTables tables = new(21);
        tables.Map(0xffff_ffff_8010_0000, 0x100000, 0x1000, PageFlags.Code);
        tables.Map(0xffff_ffff_8010_1000, 0x101000, 0x1000, PageFlags.Data);

        ulong code = tables.Find(0xffff_ffff_8010_0fff, out int shift);
        ulong data = tables.Find(0xffff_ffff_8010_1000, out _);

        Assert.Equal(12, shift);
        Assert.Equal(0x100000UL | (ulong)PageFlags.Code, code);
        Assert.Equal(0x101000UL | (ulong)PageFlags.Data, data);
    }

    [Fact]
    public void Large_pages_are_used_where_both_addresses_allow_them()
    {
        HostedPageTables tables = new(30);
        tables.Map(0xffff_8880_0000_0000, 0, 0x4020_3000, PageFlags.Data);

        tables.Find(0xffff_8880_3fff_ffff, out int gigabyte);
        tables.Find(0xffff_8880_401f_ffff, out int megabytes);
        ulong last = tables.Find(0xffff_8880_4020_2000, out int page);

        Assert.Equal((30, 21, 12), (gigabyte, megabytes, page));
        Assert.Equal(0x4020_2000UL, last & AddressMask);
    }

    [Fact]
    public void A_misaligned_frame_is_mapped_by_small_pages()
    {
        HostedPageTables tables = new(21);
        tables.Map(0xffff_8880_0020_0000, 0x1000, 0x20_0000, PageFlags.Data);

        ulong entry = tables.Find(0xffff_8880_003f_f000, out int shift);

        Assert.Equal(12, shift);
        Assert.Equal(0x20_0000UL, entry & AddressMask);
    }

    [Fact]
    public void Mapping_inside_a_large_page_is_refused() =>
        Assert.Throws<InvalidOperationException>(() =>
        {
            HostedPageTables tables = new(21);
            tables.Map(0xffff_8880_0000_0000, 0, 0x20_0000, PageFlags.Data);
            tables.Map(0xffff_8880_0000_1000, 0x1000, 0x1000, PageFlags.Data);
        });

    [Theory]
    [InlineData(1, 0, 0x1000)]
    [InlineData(0, 1, 0x1000)]
    [InlineData(0, 0, 0x1001)]
    public void A_mapping_begins_and_ends_on_a_page(ulong address, ulong physical, ulong length) =>
        Assert.Throws<ArgumentException>(() => new HostedPageTables(21).Map(address, physical, length, PageFlags.Data));

    [Fact]
    public void The_direct_map_gives_no_right_to_write_the_images_code_and_constants()
    {
        HostedPageTables tables = new(21);
        ImageLayout image = new(0xffff_ffff_8010_0000, 0xffff_ffff_8011_0000, 0xffff_ffff_8011_2000, 0xffff_ffff_8011_8000);

        KernelMap.MapImage(tables, image);
        KernelMap.MapDirect(tables, 0x1000, 0x9f000, image);
        KernelMap.MapDirect(tables, 0x100000, 0x800000, image);

        for (ulong physical = 0x1000; physical < 0x800000; physical += 0x1000)
        {
            ulong entry = tables.Find(AddressSpace.DirectMapBase + physical, out _);
            bool hole = physical is >= 0x9f000 and < 0x100000;
            bool readOnly = physical is >= 0x100000 and < 0x112000;
            Assert.Equal(hole, entry == 0);
            Assert.True(hole || (entry & (ulong)PageFlags.NoExecute) != 0);
            Assert.Equal(!hole && !readOnly, (entry & (ulong)PageFlags.Writable) != 0);
        }
    }

    [Fact]
    public void No_part_of_the_image_is_writable_and_executable()
    {
        HostedPageTables tables = new(21);
        ImageLayout image = new(0xffff_ffff_8010_0000, 0xffff_ffff_8011_0000, 0xffff_ffff_8011_2000, 0xffff_ffff_8011_8000);
        KernelMap.MapImage(tables, image);

        for (ulong address = image.Start; address < image.End; address += 0x1000)
        {
            ulong entry = tables.Find(address, out _);
            bool writable = (entry & (ulong)PageFlags.Writable) != 0;
            bool executable = (entry & (ulong)PageFlags.NoExecute) == 0;
            Assert.Equal(address < image.TextEnd, executable);
            Assert.Equal(address >= image.ConstantsEnd, writable);
        }
    }

    [Property]
    public bool Every_byte_of_a_mapping_translates_to_its_own(ushort page, ushort frame, ushort pages)
    {
        HostedPageTables tables = new(21);
        ulong address = AddressSpace.DirectMapBase + (page * 0x1000UL);
        ulong length = ((pages % 2048u) + 1) * 0x1000UL;
        tables.Map(address, frame * 0x1000UL, length, PageFlags.Data);
        for (ulong at = 0; at < length; at += 0x1000)
        {
            ulong entry = tables.Find(address + at, out int shift);
            ulong within = (address + at) & ((1UL << shift) - 1);
            if ((entry & AddressMask & ~((1UL << shift) - 1)) + within != (frame * 0x1000UL) + at)
                return false;
        }

        return tables.Find(address + length, out _) == 0 && tables.Find(address - 1, out _) == 0;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_unmapped_is_not_found_and_its_tables_are_freed(bool batches)
    {
        HostedPageTables tables = new(21) { Batches = batches };
        tables.Map(0xffff_ca00_0000_0000, 0x10_0000, 0x1000, PageFlags.Data);
        int before = tables.Tables;
        tables.Map(0xffff_ca00_0030_0000, 0x20_0000, 0x10_0000 + 0x40_0000, PageFlags.Data);

        tables.Unmap(0xffff_ca00_0030_0000, 0x50_0000);

        Assert.Equal(before, tables.Tables);
        Assert.False(tables.TryTranslate(0xffff_ca00_0040_0000, out _));
        Assert.True(tables.TryTranslate(0xffff_ca00_0000_0123, out ulong physical));
        Assert.Equal(0x10_0123UL, physical);
        Assert.Equal([(0xffff_ca00_0030_0000UL, 0x50_0000UL)], tables.Invalidated);
    }

    [Fact]
    public void Entries_of_pages_are_written_in_batches_where_that_saves_something()
    {
        HostedPageTables tables = new(12) { Batches = true };
        tables.Map(0xffff_ca00_0000_0000, 0, 512 * 0x1000, PageFlags.Data);
        Assert.Equal(4, tables.Flushes); // three tables, and all the pages

        tables.Unmap(0xffff_ca00_0000_0000, 512 * 0x1000);
        Assert.Equal(4 + 3, tables.Flushes); // all the pages, and two tables
    }

    [Fact]
    public void A_part_of_a_large_page_can_be_unmapped()
    {
        HostedPageTables tables = new(30);
        tables.Map(0xffff_8880_0000_0000, 0, 0x4000_0000, PageFlags.Data);

        tables.Unmap(0xffff_8880_0012_3000, 0x2000);

        Assert.False(tables.TryTranslate(0xffff_8880_0012_4fff, out _));
        for (ulong at = 0; at < 0x4000_0000; at += 0xff_f000)
        {
            Assert.True(tables.TryTranslate(0xffff_8880_0000_0000 + at, out ulong physical));
            Assert.Equal(at, physical);
        }

        Assert.Equal((ulong)PageFlags.Data | 0x12_5000, tables.Find(0xffff_8880_0012_5000, out int shift));
        Assert.Equal(12, shift);
    }

    [Fact]
    public void Rights_change_and_translations_stay()
    {
        HostedPageTables tables = new(21);
        tables.Map(0xffff_ca00_0000_0000, 0, 0x40_0000, PageFlags.Data);

        tables.Protect(0xffff_ca00_0010_0000, 0x20_0000, PageFlags.Constants);

        for (ulong at = 0; at < 0x40_0000; at += 0x1000)
        {
            ulong entry = tables.Find(0xffff_ca00_0000_0000 + at, out _);
            Assert.Equal(at is < 0x10_0000 or >= 0x30_0000, (entry & (ulong)PageFlags.Writable) != 0);
            Assert.True(tables.TryTranslate(0xffff_ca00_0000_0000 + at, out ulong physical));
            Assert.Equal(at, physical);
        }

        Assert.Throws<InvalidOperationException>(() => tables.Protect(0xffff_ca00_0030_0000, 0x20_0000, PageFlags.Constants));
    }

    [Property]
    public bool What_is_mapped_and_unmapped_in_any_order_is_what_a_list_of_pages_says(int seed)
    {
        const ulong Base = 0xffff_ca00_0000_0000;
        const int Pages = 2048;
        Random random = new(seed);
        HostedPageTables tables = new(21) { Batches = seed % 2 == 0 };
        tables.Map(Base + 0x4000_0000, 0, 0x1000, PageFlags.Data);
        int before = tables.Tables;
        ulong?[] model = new ulong?[Pages];
        for (int step = 0; step < 50; step++)
        {
            int first = random.Next(Pages);
            int count = random.Next(1, Pages - first + 1);
            ulong frame = random.Next(3) == 0 ? (ulong)first : (ulong)random.Next(1 << 20);
            if (random.Next(2) == 0 && Array.TrueForAll(model[first..(first + count)], page => page is null))
            {
                tables.Map(Base + ((ulong)first << 12), frame << 12, (ulong)count << 12, PageFlags.Data);
                for (int i = 0; i < count; i++)
                    model[first + i] = (frame + (ulong)i) << 12;
            }
            else
            {
                tables.Unmap(Base + ((ulong)first << 12), (ulong)count << 12);
                model.AsSpan(first, count).Clear();
            }
        }

        for (int i = 0; i < Pages; i++)
        {
            bool found = tables.TryTranslate(Base + ((ulong)i << 12), out ulong physical);
            if (found != model[i].HasValue || (found && physical != model[i]))
                return false;
        }

        tables.Unmap(Base, (ulong)Pages << 12);
        return tables.Tables == before;
    }
}
