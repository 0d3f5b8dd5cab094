using Internal.Runtime;

namespace System;

/// <summary>The only kind of <see cref="Type"/>. ilc lays out the objects of <c>typeof</c> in the image: its name and fields are ilc's.</summary>
internal sealed unsafe class RuntimeType : Type
{
    private readonly MethodTable* _pUnderlyingEEType;
    private readonly nint _runtimeTypeInfoHandle;

    internal RuntimeType(MethodTable* type)
    {
        _pUnderlyingEEType = type;
        _runtimeTypeInfoHandle = 0;
    }

    internal override MethodTable* Table => _pUnderlyingEEType;
}
