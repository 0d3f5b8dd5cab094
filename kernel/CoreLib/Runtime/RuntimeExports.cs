using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>Allocation and boxing, as compiled code calls them. The names are ilc's.</summary>
internal static unsafe class RuntimeExports
{
    [RuntimeExport("RhpNewFast")]
    private static object NewFast(MethodTable* type) => Arena.Allocate(type, type->BaseSize);

    [RuntimeExport("RhNewObject")]
    public static object RhNewObject(MethodTable* type) => Arena.Allocate(type, type->BaseSize);

    [RuntimeExport("RhpNewArrayFast")]
    private static object NewArrayFast(MethodTable* type, int length) => RhNewArray(type, length);

    [RuntimeExport("RhpNewPtrArrayFast")]
    private static object NewPtrArrayFast(MethodTable* type, int length) => RhNewArray(type, length);

    [RuntimeExport("RhNewString")]
    private static object NewString(MethodTable* type, int length) => RhNewArray(type, length);

    /// <summary>Makes an array or a string.</summary>
    [RuntimeExport("RhNewArray")]
    public static object RhNewArray(MethodTable* type, int length)
    {
        if (length < 0)
            throw new OverflowException();
        object array = Arena.Allocate(type, type->BaseSize + ((nuint)(uint)length * type->ComponentSize));
        Unsafe.As<RawArrayData>(array).Length = (uint)length;
        return array;
    }

    /// <summary>Puts a value into an object; a Nullable without value becomes null.</summary>
    private static object? RhBox(MethodTable* type, ref byte data)
    {
        ref byte value = ref data;
        if (type->IsNullable)
        {
            if (data == 0)
                return null;
            value = ref Unsafe.Add(ref data, type->NullableValueOffset);
            type = MethodTable.NullableValueType(type);
        }

        object box = RhNewObject(type);
        SpanHelpers.Memmove(ref box.RawData, ref value, type->ValueSize);
        return box;
    }

    /// <summary>The value in a box, after a check that it is of the type.</summary>
    private static ref byte RhUnbox2(MethodTable* type, object box)
    {
        RhUnboxTypeTest(type, box.TypeTable);
        return ref box.RawData;
    }

    /// <summary>Refuses to unbox as another type; an enum and its underlying type, which share their element type, pass.</summary>
    private static void RhUnboxTypeTest(MethodTable* type, MethodTable* boxType)
    {
        if (type == boxType || (type->IsPrimitive && type->ElementType == boxType->ElementType))
            return;
        throw new InvalidCastException();
    }

    /// <summary>Takes a Nullable out of a box.</summary>
    private static void RhUnboxNullable(ref byte data, MethodTable* nullableType, object? box)
    {
        if (box is null)
        {
            SpanHelpers.ClearWithoutReferences(ref data, nullableType->ValueSize);
            return;
        }

        MethodTable* valueType = MethodTable.NullableValueType(nullableType);
        RhUnboxTypeTest(valueType, box.TypeTable);
        data = 1;
        SpanHelpers.Memmove(ref Unsafe.Add(ref data, nullableType->NullableValueOffset), ref box.RawData, valueType->ValueSize);
    }
}
