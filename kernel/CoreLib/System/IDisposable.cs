namespace System;

/// <summary>Something that <c>using</c> ends.</summary>
public interface IDisposable
{
    void Dispose();
}
