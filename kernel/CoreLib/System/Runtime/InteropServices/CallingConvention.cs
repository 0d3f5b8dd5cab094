namespace System.Runtime.InteropServices;

/// <summary>How a function is called; on x86-64 all are the same.</summary>
public enum CallingConvention
{
    Winapi = 1,
    Cdecl = 2,
    StdCall = 3,
    ThisCall = 4,
    FastCall = 5,
}
