namespace System;

/// <summary>The kernel failed.</summary>
public class SystemException : Exception
{
    public SystemException()
        : base("The kernel failed.")
    {
    }

    public SystemException(string? message)
        : base(message)
    {
    }

    public SystemException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override string TypeName => "System.SystemException";
}
