using System;

namespace System.Collections.Generic;

/// <summary>The given key was not present in the dictionary.</summary>
public class KeyNotFoundException : SystemException
{
    public KeyNotFoundException()
        : base("The given key was not present in the dictionary.")
    {
    }

    public KeyNotFoundException(string? message)
        : base(message)
    {
    }

    internal override string TypeName => "System.Collections.Generic.KeyNotFoundException";
}
