namespace System.Collections.Generic;

/// <summary>Can be walked and counted.</summary>
public interface IReadOnlyCollection<out T> : IEnumerable<T>
{
    int Count { get; }
}
