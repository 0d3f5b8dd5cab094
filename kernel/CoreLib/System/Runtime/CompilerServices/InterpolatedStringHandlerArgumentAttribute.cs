using System;

namespace System.Runtime.CompilerServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InterpolatedStringHandlerArgumentAttribute(params string[] arguments) : Attribute
{
    public InterpolatedStringHandlerArgumentAttribute(string argument)
        : this(new[] { argument })
    {
    }

    public string[] Arguments { get; } = arguments;
}
