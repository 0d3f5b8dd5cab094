namespace System.Runtime;

/// <summary>Named by ilc.</summary>
internal static class TypeLoaderExports
{
    /// <summary>Generic virtual methods are refused by the analyzer (GUEST002); one that slips through ends here.</summary>
    private static nint GVMLookupForSlot(object obj, RuntimeMethodHandle slot)
    {
        Panic.Fail("a generic virtual method was called: they do not exist in the kernel");
        return 0;
    }
}
