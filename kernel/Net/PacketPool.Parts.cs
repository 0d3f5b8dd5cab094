using System.Runtime.CompilerServices;

namespace Guest.Net;

/// <summary>Parts of pages: what is sent while somebody keeps it, to send it again if it must be.</summary>
/// <remarks>A part is a buffer without a page of its own. There are as many as there are pages, and none before the first is asked for: a machine that
/// only answers datagrams has none.</remarks>
public sealed partial class PacketPool
{
    private PacketBuffer[] _parts = [];
    private PacketBuffer? _freeParts;

    /// <summary>How many numbers buffers and parts can have; drivers that index by <see cref="PacketBuffer.Index"/> what comes back piece by piece have
    /// room for so many.</summary>
    public int IndexCount => 2 * Count;

    /// <summary>Makes a part of a buffer's page, which the buffer keeps. It is a piece of a packet behind the first; who has it releases it
    /// like any other. The buffer must be given back by <see cref="PacketBuffer.ReleaseShared"/>.</summary>
    /// <param name="whole">The buffer, not a part itself.</param>
    /// <param name="offset">Where the part begins, in bytes from the page's first.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>Null if as many parts are out as there can be.</returns>
    public PacketBuffer? TryShare(PacketBuffer whole, int offset, int length)
    {
        if (_parts.Length == 0)
            MakeParts();
        if (_freeParts is not { } part)
            return null;
        _freeParts = part.Next;
        part.Next = null;
        OnTaken(part);
        part.BecomePart(whole, offset, length);
        return part;
    }

    /// <summary>The buffer or the part of an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal PacketBuffer Find(int index)
    {
        PacketBuffer[] all = _all;
        return (uint)index < (uint)all.Length ? all[index] : _parts[index - all.Length];
    }

    private void ReturnPart(PacketBuffer part)
    {
        OnReturningPart(part);
        part.EndPart();
        part.Next = _freeParts;
        _freeParts = part;
    }

    private unsafe void MakeParts()
    {
        _parts = new PacketBuffer[Count];
        for (int i = Count - 1; i >= 0; i--)
        {
            PacketBuffer part = new(this, Count + i, _all[i].Page) { Next = _freeParts };
            _parts[i] = part;
            _freeParts = part;
        }
    }

    static partial void OnReturningPart(PacketBuffer part);
}
