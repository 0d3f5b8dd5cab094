using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>Equality of enums, by their bits.</summary>
public sealed class EnumEqualityComparer<T> : EqualityComparer<T>
    where T : struct, Enum
{
    public override bool Equals(T x, T y) => Bits(x) == Bits(y);

    public override int GetHashCode(T obj) => Bits(obj).GetHashCode();

    private static ulong Bits(T value) => Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.As<T, byte>(ref value),
        2 => Unsafe.As<T, ushort>(ref value),
        4 => Unsafe.As<T, uint>(ref value),
        _ => Unsafe.As<T, ulong>(ref value),
    };
}
