using System;

namespace System.Diagnostics.CodeAnalysis;

/// <summary>Read by the native compiler, which writes what its <c>--feature</c> option says of the switch where the property is asked.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FeatureSwitchDefinitionAttribute(string switchName) : Attribute
{
    public string SwitchName { get; } = switchName;
}
