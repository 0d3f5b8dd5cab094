namespace Guest.Boot;

/// <summary>Finds the network cards and gives each an interface of the stack.</summary>
internal static class Networks
{
    public static void Start(KernelOptions options)
    {
        _ = options;
    }
}
