using System;

namespace System.Runtime;

/// <summary>Binds an extern method to a symbol that another object file defines; the call is a bare <c>call</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeImportAttribute(string library, string entry) : Attribute
{
    public RuntimeImportAttribute(string entry)
        : this("*", entry)
    {
    }

    public string Library { get; } = library;

    public string EntryPoint { get; } = entry;
}
