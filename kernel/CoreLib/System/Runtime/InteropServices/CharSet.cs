namespace System.Runtime.InteropServices;

/// <summary>Read by the compiler; nothing is marshalled here.</summary>
public enum CharSet
{
    None = 1,
    Ansi = 2,
    Unicode = 3,
    Auto = 4,
}
