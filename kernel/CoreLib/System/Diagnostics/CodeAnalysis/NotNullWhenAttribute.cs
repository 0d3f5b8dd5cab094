using System;

namespace System.Diagnostics.CodeAnalysis;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class NotNullWhenAttribute(bool returnValue) : Attribute
{
    public bool ReturnValue { get; } = returnValue;
}
