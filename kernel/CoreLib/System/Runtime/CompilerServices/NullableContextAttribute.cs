using System;

namespace System.Runtime.CompilerServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class NullableContextAttribute(byte flag) : Attribute
{
    public readonly byte Flag = flag;
}
