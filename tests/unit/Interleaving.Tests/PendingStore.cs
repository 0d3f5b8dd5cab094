using System;

namespace Guest.Interleaving.Tests;

/// <summary>A store that its processor has made and the other cannot see yet.</summary>
internal readonly record struct PendingStore(nint Address, ulong Bits, int Size)
{
    public unsafe void Apply()
    {
        ulong bits = Bits;
        new ReadOnlySpan<byte>(&bits, Size).CopyTo(new Span<byte>((void*)Address, Size));
    }
}
