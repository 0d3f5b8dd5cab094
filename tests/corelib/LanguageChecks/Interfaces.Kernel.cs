using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace LanguageChecks;

internal static class Interfaces
{
    public static void Run()
    {
        ICounter[] counters = [new Ones(), new Tens(), new Inherited(), new Explicit()];
        int sum = 0;
        for (int round = 0; round < 3; round++)
        {
            foreach (ICounter counter in counters)
                sum += counter.Next(1, 2.0, 3);
        }

        Check.Equal("interface: dispatch over several types, twice from the cache", sum, 3 * (1 + 10 + 10 + 7) + (4 * 3 * 6));
        Check.Equal("interface: a call site that meets more types than its table holds", ManyTypes(), 20 * 21 / 2 * 2);
        Check.Equal("interface: default method", counters[0].Twice() + counters[1].Twice(), 2 + 21);
        Check.That("interface: cast and test", (object)counters[0] is ICounter && (object)"" is not ICounter && (object)counters[3] is IOther);
        Check.That("interface: as", counters[0] as IOther is null && counters[3] as IOther is not null);
        Check.Equal("interface: derived interface", ((IDerived)new Both()).Sum(), 3);
        Check.Equal("interface: generic over a struct and a class", Ask<int>(new Answers()) + Ask(new Answers() as IAnswer<string>).Length, 42 + 2);
        Check.Equal("interface: property and event-like member", ((INamed)new Both()).Name, "both");
        Check.That("interface: covariance", Covariant(new Strings()) == "s");
        Check.That("interface: variance is refused where it does not hold", (object)new Strings() is not IAnswer<Both> && (object)new Objects() is ITake<string>);
        Check.That("interface: contravariance", Contravariant(new Objects()) == 7);
        Check.That("interface: null faults are not checked here, null tests are", Null() is null);
        Check.Equal("interface: all kinds of argument pass through the first, slow call", new Wide().Call(), 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8);
        using (Scope scope = new())
            Check.That("using: not yet disposed", !Scope.Disposed && scope is not null);
        Check.That("using: disposed", Scope.Disposed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ICounter? Null() => Numbers.Opaque(0) == 0 ? null : new Ones();

    private static T Ask<T>(IAnswer<T> source) => source.Answer;

    private static string Covariant(IAnswer<string> answer)
    {
        IAnswer<object> wider = answer;
        return (string)wider.Answer;
    }

    private static int Contravariant(ITake<object> take)
    {
        ITake<string> narrower = take;
        return narrower.Take("seven");
    }

    private static int ManyTypes()
    {
        INumber[] numbers =
        [
            new N<T1<byte>>(1), new N<T1<sbyte>>(2), new N<T1<short>>(3), new N<T1<ushort>>(4), new N<T1<int>>(5), new N<T1<uint>>(6),
            new N<T1<long>>(7), new N<T1<ulong>>(8), new N<T1<nint>>(9), new N<T1<nuint>>(10), new N<byte>(11), new N<sbyte>(12),
            new N<short>(13), new N<ushort>(14), new N<int>(15), new N<uint>(16), new N<long>(17), new N<ulong>(18), new N<nint>(19),
            new N<nuint>(20),
        ];
        int sum = 0;
        for (int round = 0; round < 2; round++)
        {
            foreach (INumber number in numbers)
                sum += number.Value;
        }

        return sum;
    }

    private interface INumber
    {
        int Value { get; }
    }

    private readonly struct T1<T>(T? field)
    {
        public readonly T? Field = field;
    }

    private sealed class N<T>(int value) : INumber
    {
        public int Value => value + (typeof(T) == typeof(string) ? 1 : 0);
    }

    private interface ICounter
    {
        int Next(int a, double b, long c);

        int Twice() => 2;
    }

    private interface IOther
    {
        int Other();
    }

    private class Ones : ICounter
    {
        public virtual int Next(int a, double b, long c) => 1 + (int)(a + b + c);
    }

    private class Tens : ICounter
    {
        public virtual int Next(int a, double b, long c) => 10 + (int)(a + b + c);

        public int Twice() => 21;
    }

    private sealed class Inherited : Tens;

    private sealed class Explicit : ICounter, IOther
    {
        int ICounter.Next(int a, double b, long c) => 7 + (int)(a + b + c);

        int IOther.Other() => 1;
    }

    private interface IBase
    {
        int One();
    }

    private interface IDerived : IBase
    {
        int Two();

        int Sum() => One() + Two();
    }

    private interface INamed
    {
        string Name { get; }
    }

    private sealed class Both : IDerived, INamed
    {
        public string Name => "both";

        public int One() => 1;

        public int Two() => 2;
    }

    private interface IAnswer<out T>
    {
        T Answer { get; }
    }

    private interface ITake<in T>
    {
        int Take(T value);
    }

    private sealed class Answers : IAnswer<int>, IAnswer<string>
    {
        int IAnswer<int>.Answer => 42;

        string IAnswer<string>.Answer => "42";
    }

    private sealed class Strings : IAnswer<string>
    {
        public string Answer => "s";
    }

    private sealed class Objects : ITake<object>
    {
        public int Take(object value) => value is string ? 7 : 0;
    }

    private interface IWide
    {
        double Add(int a, long b, byte c, float d, double e, short f, int g, double h);
    }

    private sealed class Wide
    {
        private readonly IWide[] _two = [new First(), new Second()];

        public int Call() => (int)_two[Numbers.Opaque(0)].Add(1, 2, 3, 4, 5, 6, 7, 8) + (int)_two[1].Add(0, 0, 0, 0, 0, 0, 0, 0);

        private sealed class First : IWide
        {
            public double Add(int a, long b, byte c, float d, double e, short f, int g, double h) => a + b + c + d + e + f + g + h;
        }

        private sealed class Second : IWide
        {
            public double Add(int a, long b, byte c, float d, double e, short f, int g, double h) => a;
        }
    }

    private sealed class Scope : IDisposable
    {
        public static bool Disposed { get; private set; }

        public void Dispose() => Disposed = true;
    }
}
