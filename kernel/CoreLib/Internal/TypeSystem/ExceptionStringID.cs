namespace Internal.TypeSystem;

/// <summary>Why ilc could not compile something; the number is its own.</summary>
internal enum ExceptionStringID
{
    /// <summary>The others are not told apart here.</summary>
    ClassLoadGeneral,
}
