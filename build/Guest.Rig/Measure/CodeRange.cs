namespace Guest.Rig.Measure;

/// <summary>Whose code lies at some addresses of a machine that carries more than one program.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="First">The first virtual address.</param>
/// <param name="Last">The last, which belongs to it.</param>
public readonly record struct CodeRange(string Owner, ulong First, ulong Last)
{
    /// <summary>The owner that is measured.</summary>
    public const string Guest = "guest";
}
