namespace Guest.Core.Memory;

/// <summary>Stores references; hosted there is a collector, which hears of them as of all others.</summary>
public static class Reference
{
    /// <summary>Stores a reference.</summary>
    public static void Set<T>(ref T? place, T? value)
        where T : class => place = value;
}
