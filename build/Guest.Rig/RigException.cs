using System;

namespace Guest.Rig;

/// <summary>Something that the person at the keyboard can understand and mend; its message is shown without a stack trace.</summary>
public sealed class RigException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public RigException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong and what caused it.</summary>
    public RigException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
