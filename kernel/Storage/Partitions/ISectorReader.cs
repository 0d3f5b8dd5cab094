using System;

namespace Guest.Storage.Partitions;

/// <summary>Reads what partition tables are made of.</summary>
public interface ISectorReader
{
    /// <summary>Bytes in a logical sector.</summary>
    int SectorSize { get; }

    /// <summary>Logical sectors on the disk.</summary>
    long Sectors { get; }

    /// <summary>Reads one sector.</summary>
    /// <returns>Whether it could be read.</returns>
    bool TryRead(long sector, Span<byte> bytes);
}
