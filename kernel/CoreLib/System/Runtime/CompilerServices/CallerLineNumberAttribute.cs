using System;

namespace System.Runtime.CompilerServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CallerLineNumberAttribute : Attribute;
