using System;

namespace Guest.Storage.Partitions;

/// <summary>What a disk's partition table says, checked: every partition lies on the disk, and no two overlap.</summary>
public sealed class PartitionTable
{
    /// <summary>The most partitions that are kept.</summary>
    public const int MaxPartitions = 128;

    private readonly Partition[] _partitions = new Partition[MaxPartitions];
    private int _count;

    /// <summary><c>gpt</c>, <c>mbr</c>, or <c>none</c> for a disk without a table.</summary>
    public string Kind { get; private set; } = "none";

    /// <summary>What is wrong with the table, or null. Then no partition is told: half a wrong table is no better than none.</summary>
    public string? Problem { get; private set; }

    /// <summary>What should be known though the table can be used: a copy of it is damaged.</summary>
    public string? Warning { get; private set; }

    /// <summary>The partitions, in the table's order.</summary>
    public ReadOnlySpan<Partition> Partitions => Problem is null ? _partitions.AsSpan(0, _count) : default;

    /// <summary>Reads a disk's table: GPT where the MBR says so, else MBR.</summary>
    public static PartitionTable Read(ISectorReader disk)
    {
        PartitionTable table = new();
        table.ReadFrom(disk);
        return table;
    }

    /// <summary>Forgets what it says, and reads a disk's.</summary>
    internal void ReadFrom(ISectorReader disk)
    {
        Kind = "none";
        Problem = null;
        Warning = null;
        _count = 0;
        Span<byte> sector = stackalloc byte[4096];
        sector = sector[..disk.SectorSize];
        if (disk.Sectors == 0 || !disk.TryRead(0, sector))
        {
            Problem = "the first sector cannot be read";
            return;
        }

        if (!Mbr.HasSignature(sector))
            return;
        if (Mbr.IsProtective(sector))
        {
            Kind = "gpt";
            Problem = Gpt.Read(disk, Mbr.LastSector(sector), this);
        }
        else
        {
            Kind = "mbr";
            Problem = Mbr.Read(disk, sector, this);
        }

        Problem ??= FindOverlap();
    }

    /// <summary>Finds a partition by its number.</summary>
    public bool TryFind(int number, out Partition partition)
    {
        foreach (Partition each in Partitions)
        {
            partition = each;
            if (each.Number == number)
                return true;
        }

        partition = default;
        return false;
    }

    /// <summary>Adds a partition of whole sectors.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    internal string? Add(ISectorReader disk, int number, ulong first, ulong count)
    {
        if (count == 0 || first >= (ulong)disk.Sectors || count > (ulong)disk.Sectors - first)
            return "a partition is not inside the disk";
        if (_count == MaxPartitions)
            return "there are more than 128 partitions";
        _partitions[_count++] = new Partition(number, (long)first * disk.SectorSize, (long)count * disk.SectorSize);
        return null;
    }

    internal void Warn(string? what) => Warning = what;

    /// <summary>Forgets what was added: the table's other copy is read.</summary>
    internal void Clear() => _count = 0;

    private string? FindOverlap()
    {
        for (int i = 0; i < _count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (_partitions[i].Start < _partitions[j].Start + _partitions[j].Length
                    && _partitions[j].Start < _partitions[i].Start + _partitions[i].Length)
                    return "two partitions overlap";
            }
        }

        return null;
    }
}
