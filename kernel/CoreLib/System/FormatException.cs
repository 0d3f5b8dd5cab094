namespace System;

/// <summary>Input was not in a correct format.</summary>
public class FormatException : SystemException
{
    public FormatException()
        : base("Input was not in a correct format.")
    {
    }

    public FormatException(string? message)
        : base(message)
    {
    }

    public FormatException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override string TypeName => "System.FormatException";
}
