using Internal.Runtime;

namespace System.Runtime.InteropServices;

/// <summary>Named by ilc, which wants these members; no object answers casts itself here.</summary>
public unsafe interface IDynamicInterfaceCastable
{
    bool IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented);

    RuntimeTypeHandle GetInterfaceImplementation(RuntimeTypeHandle interfaceType);

    private static nint GetDynamicInterfaceImplementation(object instance, MethodTable* interfaceType, ushort slot) =>
        throw new NotSupportedException("IDynamicInterfaceCastable");
}
