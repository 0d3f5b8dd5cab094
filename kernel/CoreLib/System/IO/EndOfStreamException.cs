using System;

namespace System.IO;

/// <summary>Attempted to read past the end of the stream.</summary>
public class EndOfStreamException : IOException
{
    public EndOfStreamException()
        : base("Attempted to read past the end of the stream.")
    {
    }

    public EndOfStreamException(string? message)
        : base(message)
    {
    }

    internal override string TypeName => "System.IO.EndOfStreamException";
}
