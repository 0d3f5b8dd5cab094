using System;

namespace System.Runtime.CompilerServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class NullableAttribute(byte[] flags) : Attribute
{
    public NullableAttribute(byte flag)
        : this(new[] { flag })
    {
    }

    public readonly byte[] NullableFlags = flags;
}
