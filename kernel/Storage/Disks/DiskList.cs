namespace Guest.Storage;

/// <summary>Disks that are open on one queue, or closed. A disk is on one list at a time.</summary>
internal sealed class DiskList
{
    /// <summary>The first; null if there is none.</summary>
    public Disk? First { get; private set; }

    /// <summary>Adds a disk.</summary>
    public void Add(Disk disk)
    {
        disk.Next = First;
        First = disk;
    }

    /// <summary>Takes one off; null if there is none.</summary>
    public Disk? Take()
    {
        Disk? disk = First;
        if (disk is not null)
            First = disk.Next;
        return disk;
    }

    /// <summary>Takes a disk off, which is on it.</summary>
    public void Remove(Disk disk)
    {
        if (First == disk)
        {
            First = disk.Next;
            return;
        }

        Disk before = First!;
        while (before.Next != disk)
            before = before.Next!;
        before.Next = disk.Next;
    }
}
