using System;

namespace System.ComponentModel;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class EditorBrowsableAttribute(EditorBrowsableState state) : Attribute
{
    public EditorBrowsableState State { get; } = state;
}
