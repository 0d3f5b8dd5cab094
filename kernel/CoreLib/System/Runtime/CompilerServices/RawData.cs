namespace System.Runtime.CompilerServices;

/// <summary>Any object, seen as the bytes after its type pointer. The names are ilc's.</summary>
internal sealed class RawData
{
    public byte Data;
}
