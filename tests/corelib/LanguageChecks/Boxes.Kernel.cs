using System;

namespace LanguageChecks;

internal static class Boxes
{
    private enum Small : byte
    {
        One = 1,
    }

    public static void Run()
    {
        object number = Numbers.Opaque(42);
        Check.That("box: unboxed", (int)number == 42);
        Check.That("box: type test", number is int and not 43 && number is not long);
        Check.Equal("box: as text", number.ToString(), "42");
        Check.That("box: equality by value", number.Equals(42) && !number.Equals(42L) && object.Equals(number, 42));
        object odd = new Odd { A = 1, B = 2, C = 3 };
        Check.That("box: struct of an odd size", ((Odd)odd).C == 3 && ((Odd)odd).A == 1);
        int? some = 5;
        int? none = null;
        object? boxedSome = some;
        object? boxedNone = none;
        Check.That("box: nullable with a value is the value", boxedSome is int and 5 && (int?)boxedSome == 5);
        Check.That("box: nullable without is null", boxedNone is null && (int?)boxedNone is null);
        (byte, long)? pair = (1, 2L);
        object? boxedPair = pair;
        Check.That("box: nullable of a struct with padding", ((byte, long)?)boxedPair is (1, 2L));
        object small = Box(Small.One);
        Check.That("box: enum unboxes as its number", (byte)small == 1 && (Small)small == Small.One && small is Small && small is not byte);
        IComparable<int> comparable = 7;
        Check.That("box: interface of a struct", comparable.CompareTo(8) < 0);
        Check.That("switch on boxed types", Kind(1) + Kind("s") * 10 + Kind(2.5) * 100 + Kind('c') * 1000 == 4321);
    }

    /// <summary>As an object, an enum too: where the type is seen, GUEST010 refuses that.</summary>
    private static object Box<T>(T value)
        where T : struct => value;

    private static int Kind(object value) => value switch
    {
        int => 1,
        string => 2,
        double => 3,
        char => 4,
        _ => 0,
    };

    private struct Odd
    {
        public byte A;
        public byte B;
        public byte C;
    }
}
