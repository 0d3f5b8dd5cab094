namespace System;

/// <summary>Refused by the build: the kernel has no thread-local storage.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ThreadStaticAttribute : Attribute;
