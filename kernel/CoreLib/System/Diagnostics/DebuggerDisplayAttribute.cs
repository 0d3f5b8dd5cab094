using System;

namespace System.Diagnostics;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerDisplayAttribute(string? value) : Attribute
{
    public string? Value { get; } = value;
}
