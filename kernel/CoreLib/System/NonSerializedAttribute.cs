namespace System;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class NonSerializedAttribute : Attribute;
