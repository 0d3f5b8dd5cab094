namespace System.Collections.Generic;

/// <summary>A walk.</summary>
public interface IEnumerator<out T> : IDisposable, IEnumerator
{
    new T Current { get; }
}
