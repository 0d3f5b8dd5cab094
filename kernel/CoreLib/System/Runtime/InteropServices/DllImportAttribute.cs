using System;

namespace System.Runtime.InteropServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DllImportAttribute(string dllName) : Attribute
{
    public string Value { get; } = dllName;

    public string? EntryPoint;

    public bool SetLastError;

    public bool ExactSpelling;

    public bool PreserveSig;

    public CallingConvention CallingConvention;

    public CharSet CharSet;
}
