namespace System.Runtime.CompilerServices;

/// <summary>The C calling convention, in a function pointer's type.</summary>
public class CallConvCdecl;
