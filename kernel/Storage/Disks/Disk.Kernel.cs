using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Storage.Partitions;

namespace Guest.Storage;

/// <summary>In the kernel a disk is one of <see cref="MachineDisks"/>.</summary>
public sealed partial class Disk
{
    /// <summary>Opens a disk by its device's name (<c>ahci0</c>), a partition by that and its number (<c>ahci0p1</c>), or the first
    /// disk if the name is empty.</summary>
    /// <returns>Null, and why, if there is no such disk.</returns>
    public static Disk? TryOpen(string name, out string? problem)
    {
        DiskSet? disks = MachineDisks.Offered;
        int count = disks is null ? 0 : disks.Count;
        for (int i = 0; i < count; i++)
        {
            BlockQueue queue = disks![i];
            string device = queue.Device.Name;
            if (name.Length != 0 && !name.AsSpan().StartsWith(device))
                continue;
            ReadOnlySpan<char> rest = name.AsSpan(Math.Min(device.Length, name.Length));
            problem = null;
            if (rest.IsEmpty)
                return disks.Open(queue, 0, queue.Device.Limits.Capacity);
            if (rest[0] == 'p')
                return TryOpenPartition(disks, queue, rest[1..], out problem);
        }

        problem = count == 0 ? "there is no disk" : string.Concat("there is no disk ", name);
        return null;
    }

    private static Disk? TryOpenPartition(DiskSet disks, BlockQueue queue, ReadOnlySpan<char> digits, out string? problem)
    {
        int number = 0;
        foreach (char c in digits)
            number = c is >= '0' and <= '9' && number < 1000 ? (number * 10) + (c - '0') : -1;
        DiskSectorReader reader = DiskSectorReader.Take(queue, new Duration(2 * queue.AwayTimeout.Nanoseconds));
        PartitionTable table = reader.Table;
        table.ReadFrom(reader);
        reader.Return();
        problem = table.Problem ?? table.Kind switch
        {
            "gpt" => "there is no such partition; the table is gpt",
            "mbr" => "there is no such partition; the table is mbr",
            _ => "there is no such partition; the table is none",
        };
        if (table.Warning is { } warning)
            Log.Warn(queue.Device.Name, $"{warning}");
        if (!table.TryFind(number, out Partition partition))
            return null;
        problem = null;
        return disks.Open(queue, partition.Start, partition.Length);
    }
}
