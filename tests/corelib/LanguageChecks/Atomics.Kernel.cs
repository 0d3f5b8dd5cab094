using System.Threading;

namespace LanguageChecks;

internal static class Atomics
{
    public static void Run()
    {
        int number = 5;
        Check.That("atomic: compare and exchange", Interlocked.CompareExchange(ref number, 6, 5) == 5 && number == 6);
        Check.That("atomic: compare and refuse", Interlocked.CompareExchange(ref number, 9, 5) == 6 && number == 6);
        Check.That("atomic: exchange", Interlocked.Exchange(ref number, 1) == 6 && number == 1);
        Check.That("atomic: increment, decrement, add", Interlocked.Increment(ref number) == 2 && Interlocked.Decrement(ref number) == 1 && Interlocked.Add(ref number, 9) == 10);
        Check.That("atomic: and, or", Interlocked.And(ref number, 8) == 10 && Interlocked.Or(ref number, 3) == 8 && number == 11);
        long wide = 1L << 40;
        Check.That("atomic: 64 bits", Interlocked.Add(ref wide, 1) == (1L << 40) + 1 && Interlocked.Exchange(ref wide, 0) == (1L << 40) + 1);
        ulong bits = 0;
        Interlocked.Or(ref bits, 1ul << 63);
        Check.That("atomic: unsigned", bits == 1ul << 63 && Interlocked.CompareExchange(ref bits, 1ul, 1ul << 63) == 1ul << 63 && bits == 1);
        string? reference = "a";
        Check.That("atomic: references", Interlocked.CompareExchange(ref reference, "b", null) == "a" && Interlocked.Exchange(ref reference, null) == "a" && reference is null);
        ushort half = 7;
        Volatile.Write(ref half, 8);
        Check.That("volatile: 16 bits", Volatile.Read(ref half) == 8);
        Volatile.Write(ref wide, -1);
        Check.That("volatile: 64 bits", Volatile.Read(ref wide) == -1);
        Volatile.Write(ref reference, "c");
        Check.That("volatile: references", Volatile.Read(ref reference) == "c");
        Interlocked.MemoryBarrier();
        Check.That("atomic: barrier", true);
    }
}
