using System;
using System.Collections.Generic;

namespace LanguageChecks;

internal static class Generics
{
    public static void Run()
    {
        Stack<int> ints = new(4);
        ints.Push(1);
        ints.Push(2);
        Check.Equal("generic class over a struct", ints.Pop() + ints.Pop(), 3);
        Stack<string> strings = new(4);
        strings.Push("a");
        strings.Push("b");
        Check.Equal("generic class over a class", strings.Pop() + strings.Pop(), "ba");
        Check.That("generic statics are apart", Counter<int>.Next() == 1 && Counter<int>.Next() == 2 && Counter<string>.Next() == 1);
        Check.Equal("generic method", Max(3, 9) + Max(-1, -5), 8);
        Check.That("static abstract members", Sum<Celsius>([new(1), new(2), new(3)]).Degrees == 6);
        Check.That("typeof compared", IsInt<int>() && !IsInt<long>() && !IsInt<string>());
        Check.That("typeof compared at run time", new Stack<int>(1).GetType() == typeof(Stack<int>) && "".GetType() == typeof(string));
        Check.That("default comparer of structs", EqualityComparer<int>.Default.Equals(4, Numbers.Opaque(4)));
        Check.That("default comparer of strings", EqualityComparer<string>.Default.Equals("ab", string.Concat("a", "b")));
        Check.That("default comparer of enums", EqualityComparer<DayOfWeek>.Default.Equals(DayOfWeek.Monday, (DayOfWeek)Numbers.Opaque(1)));
        Check.That("default comparer of nullables", EqualityComparer<int?>.Default.Equals(4, Numbers.Opaque(4)) && !EqualityComparer<int?>.Default.Equals(null, 4));
        Check.That("generic of a generic", new Pair<Pair<int, string>, long>(new(1, "x"), 2).First.Second == "x");
        Check.That("shared code knows its type argument", Describe<string>() == 1 && Describe<object>() == 2);
        Check.That("new T[]", MakeArray<string>(3).GetType() == typeof(string[]) && MakeArray<int>(3).Length == 3);
    }

    private enum DayOfWeek
    {
        Sunday,
        Monday,
    }

    private static T Max<T>(T a, T b)
        where T : IComparable<T> => a.CompareTo(b) >= 0 ? a : b;

    private static bool IsInt<T>() => typeof(T) == typeof(int);

    private static int Describe<T>()
        where T : class => new Box<T>().Kind;

    private static T[] MakeArray<T>(int length) => new T[length];

    private static T Sum<T>(ReadOnlySpan<T> values)
        where T : IAddable<T>
    {
        T sum = T.Zero;
        foreach (T value in values)
            sum += value;
        return sum;
    }

    private interface IAddable<T>
        where T : IAddable<T>
    {
        static abstract T Zero { get; }

        static abstract T operator +(T left, T right);
    }

    private readonly struct Celsius(int degrees) : IAddable<Celsius>
    {
        public int Degrees => degrees;

        public static Celsius Zero => new(0);

        public static Celsius operator +(Celsius left, Celsius right) => new(left.Degrees + right.Degrees);
    }

    private sealed class Box<T>
        where T : class
    {
        public int Kind => (object)"text" is T && (object)this is not T ? 1 : 2;
    }

    private sealed class Stack<T>(int capacity)
    {
        private readonly T[] _items = new T[capacity];
        private int _count;

        public void Push(T item) => _items[_count++] = item;

        public T Pop() => _items[--_count];
    }

    private static class Counter<T>
    {
        private static int s_count;

        public static int Next() => ++s_count;
    }

    private readonly struct Pair<TFirst, TSecond>(TFirst first, TSecond second)
    {
        public readonly TFirst First = first;
        public readonly TSecond Second = second;
    }
}
