namespace System.Runtime.InteropServices;

/// <summary>How fields lie in memory.</summary>
public enum LayoutKind
{
    Sequential = 0,
    Explicit = 2,
    Auto = 3,
}
