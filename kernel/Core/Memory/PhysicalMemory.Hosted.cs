using System.Threading;

namespace Guest.Core.Memory;

/// <summary>In a hosted build objects lie on the runtime's heap: there is memory, but where a test says that there is none.</summary>
public static partial class PhysicalMemory
{
    private static readonly AsyncLocal<bool> s_isScarce = new();

    /// <summary>Whether there is memory for more of what is not needed.</summary>
    public static bool HasSpare => !s_isScarce.Value;

    /// <summary>Has none be left, for the test that calls it.</summary>
    public static void HaveNoSpare() => s_isScarce.Value = true;
}
