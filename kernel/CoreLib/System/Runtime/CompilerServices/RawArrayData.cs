namespace System.Runtime.CompilerServices;

/// <summary>An array with one dimension, seen as its length and the bytes of its elements.</summary>
internal sealed class RawArrayData
{
    public uint Length;
    public uint Padding;
    public byte FirstByte;
}
