using System;

namespace System.Runtime.CompilerServices;

/// <summary>Marks what ilc and its JIT know, and replace by code of their own where they can. On a property it stands on the accessor.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Constructor | AttributeTargets.Method)]
public sealed class IntrinsicAttribute : Attribute;
