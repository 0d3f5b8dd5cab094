namespace Guest.Core.Memory;

/// <summary>The mappings that every platform's page tables have: the image, W^X, and the direct map of all memory.</summary>
public static class KernelMap
{
    /// <summary>Maps the image's three parts, each with no more rights than it needs.</summary>
    public static void MapImage(PageTables tables, in ImageLayout image)
    {
        MapPart(tables, image.Start, image.TextEnd, PageFlags.Code);
        MapPart(tables, image.TextEnd, image.ConstantsEnd, PageFlags.Constants);
        MapPart(tables, image.ConstantsEnd, image.End, PageFlags.Data);
    }

    /// <summary>Maps physical memory [<paramref name="start"/>, <paramref name="end"/>) into the direct map: writable, but for the image's
    /// code and constants, so that no alias undoes W^X.</summary>
    public static void MapDirect(PageTables tables, ulong start, ulong end, in ImageLayout image)
    {
        ulong fixedStart = image.Start - AddressSpace.ImageBase;
        ulong fixedEnd = image.ConstantsEnd - AddressSpace.ImageBase;
        MapOverlap(tables, start, end, 0, fixedStart, PageFlags.Data);
        MapOverlap(tables, start, end, fixedStart, fixedEnd, PageFlags.Constants);
        MapOverlap(tables, start, end, fixedEnd, ulong.MaxValue, PageFlags.Data);
    }

    private static void MapPart(PageTables tables, ulong start, ulong end, PageFlags flags) =>
        tables.Map(start, start - AddressSpace.ImageBase, end - start, flags);

    private static void MapOverlap(PageTables tables, ulong start, ulong end, ulong from, ulong to, PageFlags flags)
    {
        ulong first = start > from ? start : from;
        ulong last = end < to ? end : to;
        if (first < last)
            tables.Map(AddressSpace.DirectMapBase + first, first, last - first, flags);
    }
}
