namespace System.Collections.Generic;

/// <summary>Can be walked.</summary>
public interface IEnumerable<out T> : IEnumerable
{
    new IEnumerator<T> GetEnumerator();
}
