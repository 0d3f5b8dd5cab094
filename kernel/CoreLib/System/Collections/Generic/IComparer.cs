namespace System.Collections.Generic;

/// <summary>Orders values.</summary>
public interface IComparer<in T>
{
    int Compare(T? x, T? y);
}
