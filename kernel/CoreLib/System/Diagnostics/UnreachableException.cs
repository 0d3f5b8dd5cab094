namespace System.Diagnostics;

/// <summary>The program came where it cannot be.</summary>
public sealed class UnreachableException : Exception
{
    public UnreachableException()
        : base("The program executed an instruction that was thought to be unreachable.")
    {
    }

    public UnreachableException(string? message)
        : base(message)
    {
    }

    internal override string TypeName => "System.Diagnostics.UnreachableException";
}
