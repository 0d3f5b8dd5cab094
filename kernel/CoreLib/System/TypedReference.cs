namespace System;

/// <summary>Named by the compiler; not usable here.</summary>
public ref struct TypedReference;
