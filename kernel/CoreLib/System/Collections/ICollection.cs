namespace System.Collections;

/// <summary>Can be walked and counted.</summary>
public interface ICollection : IEnumerable
{
    int Count { get; }

    bool IsSynchronized { get; }

    object SyncRoot { get; }

    void CopyTo(Array array, int index);
}
