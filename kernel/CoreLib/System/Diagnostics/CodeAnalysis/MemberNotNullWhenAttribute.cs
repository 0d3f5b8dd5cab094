using System;

namespace System.Diagnostics.CodeAnalysis;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, AllowMultiple = true)]
public sealed class MemberNotNullWhenAttribute(bool returnValue, params string[] members) : Attribute
{
    public MemberNotNullWhenAttribute(bool returnValue, string member)
        : this(returnValue, new[] { member })
    {
    }

    public bool ReturnValue { get; } = returnValue;

    public string[] Members { get; } = members;
}
