namespace System;

/// <summary>What <c>ldtoken</c> gives for a field: an array's initial data.</summary>
public readonly struct RuntimeFieldHandle
{
    private readonly nint _value;

    internal RuntimeFieldHandle(nint value) => _value = value;

    public nint Value => _value;
}
