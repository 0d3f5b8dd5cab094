using System;

namespace System.Diagnostics.CodeAnalysis;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, AllowMultiple = true)]
public sealed class MemberNotNullAttribute(params string[] members) : Attribute
{
    public MemberNotNullAttribute(string member)
        : this(new[] { member })
    {
    }

    public string[] Members { get; } = members;
}
