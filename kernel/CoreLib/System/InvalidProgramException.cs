namespace System;

/// <summary>The compiler could not compile this method.</summary>
public class InvalidProgramException : SystemException
{
    public InvalidProgramException()
        : base("The compiler could not compile this method.")
    {
    }

    public InvalidProgramException(string? message)
        : base(message)
    {
    }

    public InvalidProgramException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override string TypeName => "System.InvalidProgramException";
}
