namespace System.Runtime.CompilerServices;

/// <summary>Any object, seen as the bytes after its type pointer.</summary>
internal sealed class RawObjectData
{
    public byte FirstByte;
}
