using Internal.Runtime;

namespace System.Runtime;

/// <remarks>Which type is also which other.</remarks>
internal static unsafe partial class TypeCast
{
    /// <summary>Whether a value of one type may be kept in a variable of the other.</summary>
    internal static bool IsAssignable(MethodTable* from, MethodTable* to)
    {
        if (from == to || IsObject(to))
            return true;
        if (to->IsInterface)
            return Implements(from, to);
        if (to->IsArray)
            return from->ElementType == to->ElementType && IsElementAssignable(from->Element, to->Element);
        if (from->IsArray)
            return to->ElementType == ElementType.SystemArray;
        if (to->HasVariance && MatchesByVariance(from, to))
            return true;
        return IsDerived(from, to);
    }

    /// <summary>Whether a type is a class or derives from it.</summary>
    internal static bool IsDerived(MethodTable* type, MethodTable* ancestor)
    {
        if (type->IsArray)
            return type == ancestor || IsObject(ancestor) || ancestor->ElementType == ElementType.SystemArray;
        for (; type is not null; type = type->Base)
        {
            if (type == ancestor)
                return true;
        }

        return false;
    }

    internal static bool Implements(MethodTable* type, MethodTable* interfaceType)
    {
        MethodTable** interfaces = MethodTable.Interfaces(type);
        int count = type->InterfaceCount;
        for (int i = 0; i < count; i++)
        {
            if (interfaces[i] == interfaceType)
                return true;
        }

        if (interfaceType->HasVariance)
        {
            for (int i = 0; i < count; i++)
            {
                if (MatchesByVariance(interfaces[i], interfaceType))
                    return true;
            }
        }

        return type == interfaceType;
    }

    /// <summary>Whether two instances of one generic interface or delegate agree when <c>in</c> and <c>out</c> are heeded.</summary>
    internal static bool MatchesByVariance(MethodTable* from, MethodTable* to)
    {
        const byte Covariant = 1;
        const byte Contravariant = 2;
        if (from == to)
            return true;
        if (!from->HasVariance || !from->IsGeneric || MethodTable.GenericDefinition(from) != MethodTable.GenericDefinition(to))
            return false;
        byte* variance = MethodTable.Variance(to);
        for (int i = 0; i < MethodTable.GenericArity(to); i++)
        {
            MethodTable* source = MethodTable.GenericArgument(from, i);
            MethodTable* target = MethodTable.GenericArgument(to, i);
            bool agree = (variance[i] & 3) switch
            {
                Covariant => source == target || (!source->IsValueType && IsAssignable(source, target)),
                Contravariant => source == target || (!target->IsValueType && IsAssignable(target, source)),
                _ => source == target,
            };
            if (!agree)
                return false;
        }

        return true;
    }

    /// <summary>Arrays of references follow their elements; arrays of numbers differ in sign only at will (ECMA-335, I.8.7.1).</summary>
    private static bool IsElementAssignable(MethodTable* from, MethodTable* to)
    {
        if (from == to)
            return true;
        if (from->IsValueType || to->IsValueType)
            return from->IsPrimitive && to->IsPrimitive && Unsigned(from->ElementType) == Unsigned(to->ElementType);
        return IsAssignable(from, to);
    }

    private static ElementType Unsigned(ElementType type) => type switch
    {
        ElementType.SByte => ElementType.Byte,
        ElementType.Int16 => ElementType.UInt16,
        ElementType.Int32 => ElementType.UInt32,
        ElementType.Int64 => ElementType.UInt64,
        ElementType.IntPtr => ElementType.UIntPtr,
        _ => type,
    };

    private static bool IsObject(MethodTable* type) => type->ElementType == ElementType.Class && type->Base is null && !type->IsInterface;
}
