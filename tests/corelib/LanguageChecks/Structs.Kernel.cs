using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LanguageChecks;

internal static class Structs
{
    private readonly record struct Address(ulong Bits, int Port);

    private sealed record Lease(uint Address, string Server)
    {
        public int Seconds { get; init; }
    }

    private enum State : byte
    {
        Closed,
        Open = 7,
    }

    [Flags]
    private enum Offloads
    {
        None = 0,
        Checksum = 1,
        Segmentation = 4,
    }

    public static void Run()
    {
        Address a = new(0x525400123456, 80);
        Check.That("record struct: equal", a == new Address(0x525400123456, 80) && a != new Address(0x525400123456, 81));
        Check.That("record struct: hash", a.GetHashCode() == new Address(0x525400123456, 80).GetHashCode());
        Check.That("record struct: with", (a with { Port = 81 }).Port == 81 && a.Port == 80);
        (ulong bits, int port) = a;
        Check.That("record struct: deconstructed", bits == a.Bits && port == 80);
        Check.Equal("record struct: as text", a.ToString(), "Address { Bits = 90520731923542, Port = 80 }");
        Lease lease = new(1, "s") { Seconds = 5 };
        Check.That("record class: equal", lease == new Lease(1, "s") { Seconds = 5 } && lease != lease with { Seconds = 6 });

        Check.That("enum: values", (int)State.Open == 7 && (State)Numbers.Opaque(7) == State.Open);
        Check.That("enum: flags", (Offloads.Checksum | Offloads.Segmentation).HasFlag(Offloads.Segmentation) && !Offloads.None.HasFlag(Offloads.Checksum));
        Check.That("enum: boxed equal", Boxes.Box(State.Open).Equals(State.Open) && !Boxes.Box(State.Open).Equals(State.Closed));

        (int X, string Name) tuple = (Numbers.Opaque(3), "three");
        Check.That("tuple: fields and equality", tuple.X == 3 && tuple == (3, "three") && tuple.Equals((3, "three")));
        (int first, int second) = (1, 2);
        (first, second) = (second, first);
        Check.That("tuple: swap", first == 2 && second == 1);

        int? none = null;
        int? some = Numbers.Opaque(5);
        Check.That("nullable: has a value or not", !none.HasValue && some.HasValue && some.Value == 5 && (none ?? 9) == 9);
        Check.That("nullable: lifted", some + 1 == 6 && (none + 1) is null && some > 4 && !(none > 4));
        Check.That("nullable: compared", some == 5 && none != 5);

        Ring ring = default;
        for (int i = 0; i < 8; i++)
            ring[i] = (ushort)(i * 3);
        Check.That("inline array: indexed", ring[7] == 21 && ((ReadOnlySpan<ushort>)ring)[2] == 6);
        Check.Equal("inline array: size", Unsafe.SizeOf<Ring>(), 16);
        Check.That("union by explicit layout", new Overlay { Whole = 0x0102_0304 }.Low == 4);
        Check.That("struct: passed by in, ref and out", Passes());
        Check.That("struct: large ones are copied whole", LargeCopies());
        Point point = new(3);
        point.Move(4);
        Check.That("ref struct: holds a reference", WritesThroughReference());
        Check.Equal("struct: method changes it", point.X, 7);
        Check.That("fixed buffer", FixedBuffer());
        Check.That("struct: default interface on a struct", ((IShape)new Square(3)).Twice() == 18);
    }

    private static bool Passes()
    {
        Point point = new(1);
        Make(in point, out Point made);
        Change(ref made);
        return made.X == 12;

        static void Make(in Point source, out Point target) => target = new(source.X + 1);
        static void Change(ref Point target) => target.X += 10;
    }

    private static bool LargeCopies()
    {
        Large large = default;
        for (int i = 0; i < 40; i++)
            large.Values[i] = i;
        large.Name = "x";
        Large copy = Copy(large);
        large.Values[39] = 0;
        return copy.Values[39] == 39 && copy.Name == "x";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Large Copy(Large large) => large;

    private static bool WritesThroughReference()
    {
        int target = 1;
        Holder holder = new(ref target);
        holder.Value = 5;
        return target == 5;
    }

    private static unsafe bool FixedBuffer()
    {
        Buffered buffered = default;
        for (int i = 0; i < 4; i++)
            buffered.Bytes[i] = (byte)i;
        return buffered.Bytes[3] == 3 && sizeof(Buffered) == 4;
    }

    private interface IShape
    {
        int Area { get; }

        int Twice() => Area * 2;
    }

    private readonly struct Square(int side) : IShape
    {
        public int Area => side * side;
    }

    private struct Point(int x)
    {
        public int X = x;

        public void Move(int by) => X += by;
    }

    [InlineArray(8)]
    private struct Ring
    {
        private ushort _first;
    }

    [InlineArray(40)]
    private struct Forty
    {
        private long _first;
    }

    private struct Large
    {
        public Forty Values;
        public string Name;
    }

    private unsafe struct Buffered
    {
        public fixed byte Bytes[4];
    }

    private ref struct Holder
    {
        private readonly ref int _value;

        public Holder(ref int value) => _value = ref value;

        public readonly int Value
        {
            set => _value = value;
        }
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Overlay
    {
        [FieldOffset(0)]
        public uint Whole;

        [FieldOffset(0)]
        public byte Low;
    }
}
