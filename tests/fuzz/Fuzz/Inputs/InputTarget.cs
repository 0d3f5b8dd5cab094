using System;

namespace Guest.Fuzz.Inputs;

/// <summary>Something in the kernel that takes bytes from outside, and what must hold whatever they are.</summary>
/// <param name="name">What the command line calls it.</param>
/// <param name="summary">What is tried, in a few words.</param>
internal abstract class InputTarget(string name, string summary)
{
    public string Name { get; } = name;

    public string Summary { get; } = summary;

    /// <summary>No input is longer, in bytes.</summary>
    public virtual int MostBytes => 2048;

    /// <summary>Words that an input may be made of, which chance alone would not find.</summary>
    public virtual byte[][] Words => [];

    /// <summary>Inputs to begin a corpus with.</summary>
    public abstract byte[][] Seeds { get; }

    /// <summary>Lets the kernel have the input; throws where something does not hold.</summary>
    public abstract void Run(ReadOnlySpan<byte> input);
}
