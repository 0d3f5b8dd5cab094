using System;

namespace System.Runtime.InteropServices;

/// <summary>Read by the compiler.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SuppressGCTransitionAttribute : Attribute;
