using System;

namespace System.Runtime.InteropServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OutAttribute : Attribute;
