using System;

namespace Guest.Net;

/// <summary>Hosted, a buffer knows who has it.</summary>
public sealed unsafe partial class PacketBuffer
{
    private BufferOwner _owner;

    /// <summary>Who had the buffer before it was released.</summary>
    internal BufferOwner LastOwner { get; private set; }

    /// <summary>Whether its page was poisoned as it was released.</summary>
    internal bool IsPoisoned { get; private set; }

    /// <summary>Whether parts of its page are out.</summary>
    internal bool HasPartsOut => _partsOut != 0;

    internal void OnTaken()
    {
        _owner = BufferOwner.Device;
        IsPoisoned = false;
    }

    internal void OnReturning()
    {
        if (_owner == BufferOwner.Pool)
            throw new InvalidOperationException($"packet buffer {Index} is released twice; {LastOwner} had it");
        LastOwner = _owner;
        _owner = BufferOwner.Pool;
        IsPoisoned = true;
        Offset = 0;
        Length = 0;
    }

    partial void OnPassed(BufferOwner owner)
    {
        if (_owner == BufferOwner.Pool)
            throw new InvalidOperationException($"packet buffer {Index} is passed to {owner} after {LastOwner} released it");
        _owner = owner;
    }
}
