namespace System;

/// <summary>Access is denied.</summary>
public class UnauthorizedAccessException : SystemException
{
    public UnauthorizedAccessException()
        : base("Access is denied.")
    {
    }

    public UnauthorizedAccessException(string? message)
        : base(message)
    {
    }

    public UnauthorizedAccessException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override string TypeName => "System.UnauthorizedAccessException";
}
