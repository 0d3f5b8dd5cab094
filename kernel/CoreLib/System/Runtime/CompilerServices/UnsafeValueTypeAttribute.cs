namespace System.Runtime.CompilerServices;

/// <summary>Put on a struct with a fixed buffer.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class UnsafeValueTypeAttribute : Attribute;
