namespace System.Runtime.CompilerServices;

/// <summary>The modifier that marks an init-only setter.</summary>
public static class IsExternalInit;
