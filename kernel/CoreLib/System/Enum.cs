using Internal.Runtime;

namespace System;

/// <summary>The base of all enums. Names are not kept in the image: text shows the number, and where a program asks for
/// it the analyzer says so (GUEST010).</summary>
public abstract unsafe class Enum : ValueType
{
    [System.Runtime.CompilerServices.Intrinsic]
    public bool HasFlag(Enum flag) => (Value & flag.Value) == flag.Value;

    public override bool Equals(object? obj) => obj is Enum other && other.TypeTable == TypeTable && other.Value == Value;

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString();

    private long Value
    {
        get
        {
            fixed (byte* data = &RawData)
            {
                return TypeTable->ElementType switch
                {
                    ElementType.SByte => *(sbyte*)data,
                    ElementType.Byte => *data,
                    ElementType.Int16 => *(short*)data,
                    ElementType.UInt16 => *(ushort*)data,
                    ElementType.Int32 => *(int*)data,
                    ElementType.UInt32 => *(uint*)data,
                    _ => *(long*)data,
                };
            }
        }
    }
}
