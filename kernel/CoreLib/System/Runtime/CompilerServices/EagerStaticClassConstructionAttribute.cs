using System;

namespace System.Runtime.CompilerServices;

/// <summary>Runs the type's static constructor at startup, so that no access to its statics checks for it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class EagerStaticClassConstructionAttribute : Attribute;
