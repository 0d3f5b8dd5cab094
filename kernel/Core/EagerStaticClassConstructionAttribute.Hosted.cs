namespace System.Runtime.CompilerServices;

/// <summary>Hosted it has no meaning: the runtime constructs classes in its own time. In the kernel ilc knows it (CoreLib has it) and runs the
/// class's initialisers at startup, so that no access has to ask whether they have run.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class EagerStaticClassConstructionAttribute : Attribute;
