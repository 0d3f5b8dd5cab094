using System;

namespace System.Runtime.CompilerServices;

/// <summary>Non-exhaustive switch expression failed to match its input.</summary>
public class SwitchExpressionException : InvalidOperationException
{
    public SwitchExpressionException()
        : base("Non-exhaustive switch expression failed to match its input.")
    {
    }

    public SwitchExpressionException(string? message)
        : base(message)
    {
    }

    public SwitchExpressionException(object? unmatchedValue)
        : this()
    {
        UnmatchedValue = unmatchedValue;
    }

    public object? UnmatchedValue { get; }

    internal override string TypeName => "System.Runtime.CompilerServices.SwitchExpressionException";
}
