using System;

namespace System.Diagnostics.CodeAnalysis;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DoesNotReturnIfAttribute(bool parameterValue) : Attribute
{
    public bool ParameterValue { get; } = parameterValue;
}
