using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>A type's identity: two can be compared, and nothing else is known of them at run time.</summary>
public abstract unsafe class Type
{
    public RuntimeTypeHandle TypeHandle => new(Table);

    public bool IsValueType
    {
        [Intrinsic]
        get => Table->IsValueType;
    }

    internal abstract MethodTable* Table { get; }

    [Intrinsic]
    public static Type? GetTypeFromHandle(RuntimeTypeHandle handle) => FromMethodTable((MethodTable*)handle.Value);

    /// <summary>Allocates: only a type that the compiler knew (<c>typeof</c>) has its object in the image. So types are compared by content.</summary>
    internal static Type FromMethodTable(MethodTable* type) => new RuntimeType(type);

    [Intrinsic]
    public static bool operator ==(Type? left, Type? right) =>
        left is null || right is null ? left is null && right is null : left.Table == right.Table;

    [Intrinsic]
    public static bool operator !=(Type? left, Type? right) => !(left == right);

    public override bool Equals(object? o) => o is Type other && other.Table == Table;

    public override int GetHashCode() => (int)Table->Hash;

    public override string ToString() => "System.Type";
}
