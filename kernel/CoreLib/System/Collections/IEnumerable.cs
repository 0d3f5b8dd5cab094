namespace System.Collections;

/// <summary>Can be walked.</summary>
public interface IEnumerable
{
    IEnumerator GetEnumerator();
}
