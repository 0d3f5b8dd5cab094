using System.Diagnostics.CodeAnalysis;

namespace System;

/// <summary>The object has been closed.</summary>
public class ObjectDisposedException(string? objectName) : InvalidOperationException("Cannot access a disposed object.")
{
    public string ObjectName { get; } = objectName ?? "";

    internal override string TypeName => "System.ObjectDisposedException";

    public static void ThrowIf([DoesNotReturnIf(true)] bool condition, object instance)
    {
        if (condition)
            throw new ObjectDisposedException(null);
    }
}
