namespace System;

/// <summary>Named by the compiler; variable arguments do not exist here.</summary>
public ref struct RuntimeArgumentHandle;
