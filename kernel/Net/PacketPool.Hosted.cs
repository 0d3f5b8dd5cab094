using System;
using Guest.Core.Memory;

namespace Guest.Net;

/// <summary>Hosted, ownership is checked: a buffer that is released twice, or passed on after its release, is refused at once, and what lies in the
/// pool is poisoned, so that whoever still reads it reads nonsense.</summary>
public sealed unsafe partial class PacketPool
{
    private const byte Poison = 0xdb;

    // One by one, so that each can have a guard page behind it.
    private static partial byte* TakePages(int wanted, out int taken)
    {
        taken = 1;
        return DeviceMemory.AllocatePages(1);
    }

    /// <summary>Looks for writing to released buffers. Not done as they are taken: a hostile device writes wherever it can.</summary>
    /// <exception cref="InvalidOperationException">A buffer was written to after its release.</exception>
    public void CheckPoison()
    {
        foreach (PacketBuffer buffer in _all)
        {
            if (buffer.IsPoisoned && new ReadOnlySpan<byte>(buffer.Page, PacketBuffer.Capacity).ContainsAnyExcept(Poison))
                throw new InvalidOperationException($"packet buffer {buffer.Index} was written to after {buffer.LastOwner} released it");
        }
    }

    static partial void OnTaken(PacketBuffer buffer) => buffer.OnTaken();

    static partial void OnReturningPart(PacketBuffer part)
    {
        if (!part.IsPart)
            throw new InvalidOperationException($"part {part.Index} is released twice; {part.LastOwner} had it");
        part.OnReturning();
    }

    partial void OnReturning(PacketBuffer buffer)
    {
        if (!buffer.IsFrom(this))
            throw new InvalidOperationException($"packet buffer {buffer.Index} was released to a pool that it is not of");
        buffer.OnReturning();
        if (buffer.HasPartsOut)
            throw new InvalidOperationException($"packet buffer {buffer.Index} was released while parts of its page are out");
        new Span<byte>(buffer.Page, PacketBuffer.Capacity).Fill(Poison);
    }
}
