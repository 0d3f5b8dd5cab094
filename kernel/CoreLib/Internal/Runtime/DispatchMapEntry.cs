using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>One line of a <see cref="DispatchMap"/>: method <see cref="InterfaceSlot"/> of the type's interface number
/// <see cref="InterfaceIndex"/> is implemented by the type's virtual slot <see cref="ImplementationSlot"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DispatchMapEntry
{
    /// <summary>In <see cref="ImplementationSlot"/>: two default implementations are equally good.</summary>
    public const ushort Diamond = 0xfffe;

    /// <summary>In <see cref="ImplementationSlot"/>: an interface made the method abstract again.</summary>
    public const ushort Reabstracted = 0xffff;

    public ushort InterfaceIndex;
    public ushort InterfaceSlot;
    public ushort ImplementationSlot;
}
