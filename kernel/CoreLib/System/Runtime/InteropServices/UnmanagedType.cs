namespace System.Runtime.InteropServices;

/// <summary>The compiler names this type where a type parameter is constrained to <c>unmanaged</c>; nothing is marshalled here.</summary>
public enum UnmanagedType
{
    Bool = 2,
}
