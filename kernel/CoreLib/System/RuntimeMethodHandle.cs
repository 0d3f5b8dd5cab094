namespace System;

/// <summary>What <c>ldtoken</c> gives for a method.</summary>
public readonly struct RuntimeMethodHandle
{
    private readonly nint _value;

    internal RuntimeMethodHandle(nint value) => _value = value;

    public nint Value => _value;
}
