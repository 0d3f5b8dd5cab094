using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>Copies bytes.</summary>
public static unsafe class Buffer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MemoryCopy(void* source, void* destination, long destinationSizeInBytes, long sourceBytesToCopy)
    {
        if ((ulong)sourceBytesToCopy > (ulong)destinationSizeInBytes)
            ThrowHelper.DestinationTooShort();
        SpanHelpers.Memmove(ref *(byte*)destination, ref *(byte*)source, (nuint)sourceBytesToCopy);
    }

    public static void BlockCopy(Array src, int srcOffset, Array dst, int dstOffset, int count)
    {
        nuint sourceBytes = (nuint)(uint)src.Length * src.TypeTable->ComponentSize;
        nuint destinationBytes = (nuint)(uint)dst.Length * dst.TypeTable->ComponentSize;
        if ((ulong)(uint)srcOffset + (uint)count > sourceBytes || (ulong)(uint)dstOffset + (uint)count > destinationBytes)
            ThrowHelper.ArgumentOutOfRange();
        SpanHelpers.Memmove(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(dst), (nint)(uint)dstOffset),
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(src), (nint)(uint)srcOffset),
            (uint)count);
    }

    /// <summary>Copies values; there is no write barrier to heed.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Memmove<T>(ref T destination, ref T source, nuint elementCount) =>
        SpanHelpers.Memmove(ref Unsafe.As<T, byte>(ref destination), ref Unsafe.As<T, byte>(ref source), elementCount * (nuint)Unsafe.SizeOf<T>());

    /// <summary>Called by compiled code to copy structs that hold references.</summary>
    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount) =>
        SpanHelpers.Memmove(ref destination, ref source, byteCount);
}
