namespace System.Collections.Generic;

/// <summary>Equality of bytes.</summary>
public sealed class ByteEqualityComparer : EqualityComparer<byte>
{
    public override bool Equals(byte x, byte y) => x == y;

    public override int GetHashCode(byte obj) => obj;
}
