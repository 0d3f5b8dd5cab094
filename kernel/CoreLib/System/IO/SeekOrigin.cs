namespace System.IO;

/// <summary>From where a place in a stream counts.</summary>
public enum SeekOrigin
{
    Begin = 0,
    Current = 1,
    End = 2,
}
