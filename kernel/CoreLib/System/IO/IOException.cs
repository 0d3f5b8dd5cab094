using System;

namespace System.IO;

/// <summary>I/O error occurred.</summary>
public class IOException : SystemException
{
    public IOException()
        : base("I/O error occurred.")
    {
    }

    public IOException(string? message)
        : base(message)
    {
    }

    internal override string TypeName => "System.IO.IOException";
}
