namespace System.Runtime.CompilerServices;

/// <summary>In an unmanaged function pointer's type: call it without a frame for the collector, which does not exist here.</summary>
public class CallConvSuppressGCTransition;
