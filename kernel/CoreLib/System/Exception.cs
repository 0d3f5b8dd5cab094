namespace System;

/// <summary>What <c>throw</c> names. Nothing can catch it: to throw is to panic with <see cref="Message"/>.</summary>
public class Exception
{
    private readonly string? _message;

    public Exception()
    {
    }

    public Exception(string? message) => _message = message;

    public Exception(string? message, Exception? innerException)
    {
        _message = message;
        InnerException = innerException;
    }

    public virtual string Message => _message ?? "";

    public Exception? InnerException { get; }

    public int HResult { get; set; }

    /// <summary>The type's name, for the panic: the image keeps no names of types. An exception of a layer above shows that of its nearest
    /// base here.</summary>
    internal virtual string TypeName => "System.Exception";

    public override string ToString() => string.Concat(TypeName, ": ", Message);
}
