using Internal.Runtime;

namespace System;

/// <summary>What <c>ldtoken</c> gives for a type.</summary>
public readonly unsafe struct RuntimeTypeHandle
{
    private readonly nint _value;

    internal RuntimeTypeHandle(MethodTable* type) => _value = (nint)type;

    public nint Value => _value;
}
