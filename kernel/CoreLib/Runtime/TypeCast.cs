using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Casts and type tests, as compiled code calls them. The names are ilc's.</summary>
internal static unsafe partial class TypeCast
{
    private static object? IsInstanceOfClass(MethodTable* type, object? obj) =>
        obj is not null && IsDerived(obj.TypeTable, type) ? obj : null;

    private static object? IsInstanceOfInterface(MethodTable* type, object? obj) =>
        obj is not null && Implements(obj.TypeTable, type) ? obj : null;

    private static object? IsInstanceOfAny(MethodTable* type, object? obj) =>
        obj is not null && IsAssignable(obj.TypeTable, type) ? obj : null;

    private static bool IsInstanceOfException(MethodTable* type, object? obj) =>
        obj is not null && IsDerived(obj.TypeTable, type);

    private static object? CheckCastClass(MethodTable* type, object? obj)
    {
        if (obj is not null && !IsDerived(obj.TypeTable, type))
            ThrowInvalidCast();
        return obj;
    }

    private static object? CheckCastClassSpecial(MethodTable* type, object? obj) => CheckCastClass(type, obj);

    private static object? CheckCastInterface(MethodTable* type, object? obj)
    {
        if (obj is not null && !Implements(obj.TypeTable, type))
            ThrowInvalidCast();
        return obj;
    }

    private static object? CheckCastAny(MethodTable* type, object? obj)
    {
        if (obj is not null && !IsAssignable(obj.TypeTable, type))
            ThrowInvalidCast();
        return obj;
    }

    /// <summary>Stores into an array of references, whose real element type may be narrower than its static one.</summary>
    private static void StelemRef(object?[] array, nint index, object? obj)
    {
        if ((nuint)index >= (uint)array.Length)
            ThrowHelper.IndexOutOfRange();
        MethodTable* element = array.TypeTable->Element;
        if (obj is not null && obj.TypeTable != element && !IsAssignable(obj.TypeTable, element))
            ThrowHelper.ArrayTypeMismatch();
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), index) = obj;
    }

    /// <summary>Takes a writable reference to an element, which must then be exactly of the static type.</summary>
    private static ref object? LdelemaRef(object?[] array, nint index, MethodTable* type)
    {
        if ((nuint)index >= (uint)array.Length)
            ThrowHelper.IndexOutOfRange();
        if (array.TypeTable->Element != type)
            ThrowHelper.ArrayTypeMismatch();
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array), index);
    }

    [DoesNotReturn]
    private static void ThrowInvalidCast() => throw new InvalidCastException();
}
