using System.Runtime.CompilerServices;
using Guest.Fuzz.Rings;

namespace System.Threading;

/// <summary>Stands before the BCL's in this assembly, into which the drivers' sources are compiled: a driver reads a word that its far side may write by
/// <c>Volatile.Read</c>, and such a read may lie here.</summary>
/// <remarks>One thread runs a driver and its far side, so that nothing is to be kept in order.</remarks>
internal static class Volatile
{
    public static byte Read(ref readonly byte location) => (byte)SharedWords.Read(in location, location);

    public static ushort Read(ref readonly ushort location) => (ushort)SharedWords.Read(in Unsafe.As<ushort, byte>(ref Unsafe.AsRef(in location)), location);

    public static uint Read(ref readonly uint location) => (uint)SharedWords.Read(in Unsafe.As<uint, byte>(ref Unsafe.AsRef(in location)), location);

    public static ulong Read(ref readonly ulong location) => SharedWords.Read(in Unsafe.As<ulong, byte>(ref Unsafe.AsRef(in location)), location);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Read(ref readonly long location) => location;

    public static void Write(ref ushort location, ushort value) => location = value;

    public static void Write(ref uint location, uint value) => location = value;

    public static void Write(ref ulong location, ulong value) => location = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(ref long location, long value) => location = value;
}
