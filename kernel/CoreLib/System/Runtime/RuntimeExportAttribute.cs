using System;

namespace System.Runtime;

/// <summary>Gives a static method a name that assembly can call: the System V convention, no frame.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeExportAttribute(string entry) : Attribute
{
    public string EntryPoint { get; } = entry;
}
