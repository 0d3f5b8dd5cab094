using System;

namespace System.Runtime.CompilerServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class RuntimeCompatibilityAttribute : Attribute
{
    public bool WrapNonExceptionThrows { get; set; }
}
