namespace System;

/// <summary>A type could not be loaded.</summary>
public class TypeLoadException : SystemException
{
    public TypeLoadException()
        : base("A type could not be loaded.")
    {
    }

    public TypeLoadException(string? message)
        : base(message)
    {
    }

    public TypeLoadException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override string TypeName => "System.TypeLoadException";
}
