namespace Guest.Testing;

/// <summary>A queue's registers in a model device.</summary>
public sealed class ModelQueue(int most)
{
    public const ushort NoVector = 0xffff;

    /// <summary>The largest size; a test may change it between two resets.</summary>
    public int Most { get; set; } = most;

    public int Size { get; set; } = most;

    public ulong Descriptors { get; set; }

    public ulong Driver { get; set; }

    public ulong Device { get; set; }

    public bool Enabled { get; set; }

    public ushort Vector { get; set; } = NoVector;

    public ModelRing? Ring { get; set; }

    public void Reset()
    {
        (Size, Descriptors, Driver, Device, Enabled, Vector, Ring) = (Most, 0, 0, 0, false, NoVector, null);
    }
}
