using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>The root of all types. In memory an object is a pointer to its <see cref="MethodTable"/>, then its fields; eight unused bytes
/// lie in front.</summary>
public unsafe class Object
{
    private MethodTable* m_pEEType; // ilc's name.

    public Object()
    {
    }

    internal MethodTable* TypeTable => m_pEEType;

    /// <summary>The first byte after the type pointer: a boxed value, a string's or an array's length.</summary>
    internal ref byte RawData => ref Unsafe.As<RawData>(this).Data;

    [Intrinsic]
    public Type GetType() => Type.FromMethodTable(m_pEEType);

    public virtual string? ToString() => "System.Object";

    public virtual bool Equals(object? obj) => this == obj;

    /// <summary>The object's address: nothing here ever moves.</summary>
    public virtual int GetHashCode() => (int)((ulong)Unsafe.AsPointer(ref RawData) >> 3);

    public static bool Equals(object? objA, object? objB) => objA == objB || (objA is not null && objB is not null && objA.Equals(objB));

    public static bool ReferenceEquals(object? objA, object? objB) => objA == objB;
}
