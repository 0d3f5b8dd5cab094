namespace Internal.Runtime.CompilerHelpers;

/// <summary>What <c>typeof</c> and its like become. The names are ilc's.</summary>
internal static unsafe class LdTokenHelpers
{
    private static System.RuntimeTypeHandle GetRuntimeTypeHandle(MethodTable* type) => new(type);

    private static System.RuntimeMethodHandle GetRuntimeMethodHandle(nint handle) => new(handle);

    private static System.RuntimeFieldHandle GetRuntimeFieldHandle(nint handle) => new(handle);

    private static System.RuntimeType GetRuntimeType(MethodTable* type) => new(type);
}
