using System;

namespace System.Diagnostics.CodeAnalysis;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class AllowNullAttribute : Attribute;
