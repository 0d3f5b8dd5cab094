using System;

namespace System.Runtime.InteropServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class StructLayoutAttribute(LayoutKind layoutKind) : Attribute
{
    public LayoutKind Value { get; } = layoutKind;

    public int Pack;

    public int Size;

    public CharSet CharSet;
}
