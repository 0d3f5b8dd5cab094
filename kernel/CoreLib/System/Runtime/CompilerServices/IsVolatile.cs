namespace System.Runtime.CompilerServices;

/// <summary>The modifier that marks a volatile field.</summary>
public static class IsVolatile;
