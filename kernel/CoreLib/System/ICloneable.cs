namespace System;

/// <summary>Can copy itself.</summary>
public interface ICloneable
{
    object Clone();
}
