using System.Runtime.InteropServices;
using Internal.Runtime;

namespace System.Runtime.CompilerServices;

/// <summary>What the compiler and the library ask about types.</summary>
public static unsafe class RuntimeHelpers
{
    /// <summary>Named by the compiler for <c>fixed</c> over strings: where the characters begin, in bytes.</summary>
    public static int OffsetToStringData => 12;

    /// <summary>Fills a new array from data in the image; ilc expands it.</summary>
    [Intrinsic]
    public static void InitializeArray(Array array, RuntimeFieldHandle fldHandle) =>
        throw new NotSupportedException("RuntimeHelpers.InitializeArray is the compiler's");

    /// <summary>A span over data in the image; ilc expands it.</summary>
    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle fldHandle) =>
        throw new NotSupportedException("RuntimeHelpers.CreateSpan is the compiler's");

    /// <summary>Whether a <typeparamref name="T"/> holds references; ilc puts the answer in.</summary>
    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>()
        where T : allows ref struct => throw new NotSupportedException("RuntimeHelpers.IsReferenceOrContainsReferences is the compiler's");

    /// <summary>Whether equal values have equal bits; ilc puts the answer in.</summary>
    [Intrinsic]
    internal static bool IsBitwiseEquatable<T>() => throw new NotSupportedException("RuntimeHelpers.IsBitwiseEquatable is the compiler's");

    [Intrinsic]
    public static bool IsKnownConstant<T>(T value) => false;

    /// <summary>Used by <c>array[range]</c>.</summary>
    public static T[] GetSubArray<T>(T[] array, Range range)
    {
        (int offset, int length) = range.GetOffsetAndLength(array.Length);
        return array.AsSpan(offset, length).ToArray();
    }

    public static int GetHashCode(object? o) => o is null ? 0 : (int)((ulong)Unsafe.AsPointer(ref o.RawData) >> 3);

    public static void EnsureSufficientExecutionStack()
    {
    }

    /// <summary>Whether an array of references was made for a more derived element type, which a writable span must not hide.</summary>
    internal static bool HasOtherElementType<T>(T[] array) => array.TypeTable != MethodTable.Of<T[]>();
}
