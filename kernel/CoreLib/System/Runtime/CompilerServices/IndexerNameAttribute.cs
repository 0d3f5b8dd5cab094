using System;

namespace System.Runtime.CompilerServices;

/// <summary>Read by the compiler: the indexer's name in IL.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IndexerNameAttribute(string indexerName) : Attribute
{
    public string Value { get; } = indexerName;
}
