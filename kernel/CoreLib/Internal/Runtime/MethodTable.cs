using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>A type as ilc lays it out in the image; every object begins with a pointer to one.</summary>
/// <remarks>After the fields below: the virtual slots, the interfaces, then 32-bit self-relative pointers, of which the first two are
/// always there and each of the others only with its flag.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MethodTable
{
    private const uint KindMask = 0x0003_0000;
    private const uint KindParameterized = 0x0002_0000;
    private const uint HasDispatchMapFlag = 0x0004_0000;
    private const uint HasFinalizerFlag = 0x0010_0000;
    private const uint HasSealedSlotsFlag = 0x0040_0000;
    private const uint HasVarianceFlag = 0x0080_0000;
    private const uint IsGenericFlag = 0x0200_0000;
    private const uint HasComponentSizeFlag = 0x8000_0000;
    private const int ElementTypeShift = 26;
    private const uint ElementTypeMask = 31;

    private uint _flags;
    private uint _baseSize;
    private MethodTable* _related;
    private ushort _virtualSlotCount;
    private ushort _interfaceCount;
    private uint _hash;

    /// <summary>Bytes of an instance, with the eight before it, without an array's elements or a string's characters.</summary>
    public readonly uint BaseSize => _baseSize;

    /// <summary>Bytes of an array's element or a string's character.</summary>
    public readonly uint ComponentSize => (_flags & HasComponentSizeFlag) != 0 ? (ushort)_flags : 0u;

    public readonly uint Hash => _hash;

    public readonly int InterfaceCount => _interfaceCount;

    public readonly ElementType ElementType => (ElementType)((_flags >> ElementTypeShift) & ElementTypeMask);

    public readonly bool IsValueType => ElementType < ElementType.Class;

    public readonly bool IsPrimitive => ElementType is >= ElementType.Boolean and <= ElementType.Double;

    public readonly bool IsInterface => ElementType == ElementType.Interface;

    public readonly bool IsNullable => ElementType == ElementType.Nullable;

    public readonly bool IsArray => ElementType is ElementType.Array or ElementType.SzArray;

    public readonly bool HasVariance => (_flags & HasVarianceFlag) != 0;

    public readonly bool IsGeneric => (_flags & IsGenericFlag) != 0;

    /// <summary>The type of an array's elements, or what a pointer points at.</summary>
    public readonly MethodTable* Element => _related;

    /// <summary>The base class; null for Object, interfaces, and (here) arrays.</summary>
    public readonly MethodTable* Base => (_flags & KindMask) == KindParameterized ? null : _related;

    /// <summary>Bytes of a value of this value type: an instance without header, type pointer and padding.</summary>
    public readonly uint ValueSize => _baseSize - 16 - ((_flags >> 5) & 7);

    /// <summary>Where the value lies in a Nullable, in bytes; the flag lies at 0.</summary>
    public readonly int NullableValueOffset => 1 << (int)((_flags >> 8) & 7);

    /// <summary>The T of a Nullable.</summary>
    public static MethodTable* NullableValueType(MethodTable* type) => GenericArgument(type, 0);

    public static MethodTable** Interfaces(MethodTable* type) =>
        (MethodTable**)((byte*)type + sizeof(MethodTable)) + type->_virtualSlotCount;

    /// <summary>The interfaces' description, or null if the type itself implements none.</summary>
    public static DispatchMap* FindDispatchMap(MethodTable* type) =>
        (type->_flags & HasDispatchMapFlag) == 0 ? null : (DispatchMap*)Follow((int*)Tail(type) + 2);

    /// <summary>The code of a virtual slot; the slots after the vtable's are the sealed ones, in a table of their own.</summary>
    /// <param name="type">The type of the object: it may override what is in the vtable.</param>
    /// <param name="slot">The slot, as a dispatch map names it.</param>
    /// <param name="declaring">The type whose dispatch map it is: sealed slots are found there.</param>
    public static nint Slot(MethodTable* type, int slot, MethodTable* declaring)
    {
        if (slot < declaring->_virtualSlotCount)
            return ((nint*)((byte*)type + sizeof(MethodTable)))[slot];
        int field = 2 + Present(declaring, HasDispatchMapFlag) + Present(declaring, HasFinalizerFlag);
        int* sealedSlots = (int*)Follow((int*)Tail(declaring) + field);
        return (nint)Follow(sealedSlots + (slot - declaring->_virtualSlotCount));
    }

    /// <summary>The table of a type that is known when this is compiled; ilc puts its address in.</summary>
    [Intrinsic]
    public static MethodTable* Of<T>()
        where T : allows ref struct => throw new System.NotSupportedException("MethodTable.Of is the compiler's");

    /// <summary>The generic type that this is an instance of; only for generic types.</summary>
    public static MethodTable* GenericDefinition(MethodTable* type) => (MethodTable*)Follow((int*)Tail(type) + GenericField(type));

    /// <summary>How many type arguments a generic type has: its definition keeps the number where other types keep their size.</summary>
    public static int GenericArity(MethodTable* type) => (int)GenericDefinition(type)->_baseSize;

    /// <summary>A type argument. A single one is pointed at directly, several through a list.</summary>
    public static MethodTable* GenericArgument(MethodTable* type, int index)
    {
        int* composition = (int*)Tail(type) + GenericField(type) + 1;
        int* arguments = GenericArity(type) == 1 ? composition : (int*)Follow(composition);
        return (MethodTable*)Follow(arguments + index);
    }

    /// <summary>The variance of each type parameter of a generic interface or delegate: 1 is <c>out</c>, 2 is <c>in</c>.</summary>
    public static byte* Variance(MethodTable* type)
    {
        MethodTable* definition = GenericDefinition(type);
        return (byte*)Follow((int*)Tail(definition) + GenericField(definition));
    }

    private static int GenericField(MethodTable* type) =>
        2 + Present(type, HasDispatchMapFlag) + Present(type, HasFinalizerFlag) + Present(type, HasSealedSlotsFlag);

    private static void* Tail(MethodTable* type) => Interfaces(type) + type->_interfaceCount;

    private static int Present(MethodTable* type, uint flag) => (type->_flags & flag) != 0 ? 1 : 0;

    private static void* Follow(int* relative) => (byte*)relative + *relative;
}
