using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Memory;

namespace Guest.Net.Stack;

/// <summary>Frames gathered for the device, so that it takes them as one burst and is told once.</summary>
internal sealed class TransmitQueue(INetworkDevice device, DropCounters drops)
{
    /// <summary>The longest burst.</summary>
    public const int Capacity = 64;

    private readonly PacketBuffer[] _frames = new PacketBuffer[Capacity];
    private int _count;

    /// <summary>The device; another only while no frame waits.</summary>
    public INetworkDevice Device { private get; set; } = device;

    /// <summary>Frames that wait.</summary>
    public int Count => _count;

    /// <summary>Whether no frame can be added until some are handed out.</summary>
    public bool IsFull => _count == Capacity;

    /// <summary>Makes sure that a frame can be added.</summary>
    /// <returns>False if the device's ring and this queue are full.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom() => _count < Capacity || Flush();

    /// <summary>Adds a frame, which the queue then owns; it is dropped if there is no room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(PacketBuffer frame)
    {
        if (HasRoom())
            AddToRoom(frame);
        else
            drops.Drop(frame, DropCause.TransmitFull);
    }

    /// <summary>Adds a frame for which <see cref="HasRoom"/> said that there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddToRoom(PacketBuffer frame)
    {
        frame.PassTo(BufferOwner.Device);
        Reference.Set(ref _frames[_count++]!, frame);
    }

    /// <summary>Hands everything to the device, which is told once; what it does not take stays.</summary>
    /// <returns>Whether there is room now.</returns>
    public bool Flush()
    {
        int count = _count;
        if (count == 0)
            return true;
        int taken = Device.Transmit(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(_frames), count), more: false);
        if (taken != count)
            return Keep(taken);
        _count = 0;
        return true;
    }

    // The first frames are gone; the others move up.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Keep(int taken)
    {
        _count -= taken;
        for (int i = 0; i < _count; i++)
            _frames[i] = _frames[taken + i];
        return taken != 0;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        while (_count != 0)
            drops.Drop(_frames[--_count], DropCause.LinkDown);
    }
}
