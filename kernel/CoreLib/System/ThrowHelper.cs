using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>Throws out of line, so that the checks before it stay small.</summary>
internal static class ThrowHelper
{
    [DoesNotReturn]
    public static void ArgumentOutOfRange(string? name = null) => throw new ArgumentOutOfRangeException(name);

    [DoesNotReturn]
    public static void DestinationTooShort() => throw new ArgumentException("Destination is too short.");

    [DoesNotReturn]
    public static void IndexOutOfRange() => throw new IndexOutOfRangeException();

    [DoesNotReturn]
    public static void ArrayTypeMismatch() => throw new ArrayTypeMismatchException();

    [DoesNotReturn]
    public static void InvalidOperation(string message) => throw new InvalidOperationException(message);
}
