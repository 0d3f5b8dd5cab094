using System;

namespace System.Runtime.InteropServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ComVisibleAttribute(bool visibility) : Attribute
{
    public bool Value { get; } = visibility;
}
