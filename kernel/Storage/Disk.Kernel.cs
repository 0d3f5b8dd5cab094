using System;

namespace Guest.Storage;

/// <summary>In the kernel a disk is one that Boot found.</summary>
public sealed partial class Disk
{
    private static DiskSet? s_found;

    /// <summary>Opens a disk by its device's name, or the first there is if the name is empty.</summary>
    /// <returns>Null, and why, if there is no such disk.</returns>
    public static Disk? TryOpen(string name, out string? problem)
    {
        int count = s_found is null ? 0 : s_found.Count;
        for (int i = 0; i < count; i++)
        {
            BlockQueue queue = s_found![i];
            if (name.Length != 0 && name != queue.Device.Name)
                continue;
            problem = null;
            return new Disk(queue, 0, queue.Device.Limits.Capacity);
        }

        problem = count == 0 ? "there is no disk" : string.Concat("there is no disk ", name);
        return null;
    }

    /// <summary>Lets applications open what was found; once, by Boot.</summary>
    public static void Offer(DiskSet found) => s_found = found;
}
