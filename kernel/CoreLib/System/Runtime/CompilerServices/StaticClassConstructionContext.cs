using System.Runtime.InteropServices;

namespace System.Runtime.CompilerServices;

/// <summary>Lies in front of a class's statics: the static constructor's code, or 0 when it has run (or runs).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StaticClassConstructionContext
{
    public nint cctorMethodAddress;
}
