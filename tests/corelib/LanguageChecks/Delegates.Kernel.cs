using System;

namespace LanguageChecks;

internal static class Delegates
{
    private static int s_calls;

    private delegate int Fold(int a, int b);

    public static unsafe void Run()
    {
        Fold add = Add;
        Check.Equal("delegate: static method", add(2, 3), 5);
        Adder five = new(5);
        Fold bound = five.AddTo;
        Check.Equal("delegate: instance method", bound(1, 1), 7);
        Fold lambda = static (a, b) => a * b;
        Check.Equal("delegate: lambda", lambda(6, 7), 42);
        int captured = 10;
        Func<int, int> closure = x => x + captured++;
        Check.Equal("delegate: closure", closure(1) + closure(1) + captured, 11 + 12 + 12);
        Func<string> virtualCall = new Adder(3).ToString;
        Check.Equal("delegate: virtual method", virtualCall(), "adder");
        IAdder throughInterface = five;
        Func<int, int, int> interfaceCall = throughInterface.AddTo;
        Check.Equal("delegate: interface method", interfaceCall(0, 1), 6);
        Func<string, string, string> concat = string.Concat;
        Check.Equal("delegate: generic over classes", concat("a", "b"), "ab");
        Check.Equal("delegate: over a method of shared generic code", new Maker<string>("m").Factory()(), "m");
        Func<string, int> open = Length;
        Check.Equal("delegate: extension-like static", open("four"), 4);

        Action both = First;
        both += Second;
        both += First;
        s_calls = 0;
        both();
        Check.Equal("delegate: several targets in order", s_calls, 121);
        both = (both - First)!;
        s_calls = 0;
        both();
        Check.Equal("delegate: one taken away", s_calls, 12);
        Check.That("delegate: equality", (Action)First == First && both != (Action)First);
        Check.That("delegate: removing the last gives null", (Action?)First - First is null);
        Check.That("delegate: target", ReferenceEquals(bound.Target, five));

        Counter counter = new();
        int seen = 0;
        counter.Changed += value => seen += value;
        counter.Set(4);
        Check.Equal("event", seen, 4);

        delegate*<int, int, int> pointer = &Add;
        Check.Equal("function pointer", pointer(4, 5), 9);
        Check.Equal("delegates: in an array", Apply([add, lambda, bound], 3, 4), 7 + 12 + 12);
        Func<object> covariant = (Func<string>)(() => "x");
        Check.That("delegate: covariance", covariant() is string);
    }

    private static int Apply(Fold[] folds, int a, int b)
    {
        int sum = 0;
        foreach (Fold fold in folds)
            sum += fold(a, b);
        return sum;
    }

    private static int Add(int a, int b) => a + b;

    private static int Length(string text) => text.Length;

    private static void First() => s_calls = (s_calls * 10) + 1;

    private static void Second() => s_calls = (s_calls * 10) + 2;

    private interface IAdder
    {
        int AddTo(int a, int b);
    }

    private sealed class Adder(int value) : IAdder
    {
        public int AddTo(int a, int b) => value + a + b;

        public override string ToString() => "adder";
    }

    private sealed class Maker<T>(T value)
    {
        public Func<T> Factory() => () => value;
    }

    private sealed class Counter
    {
        public event Action<int>? Changed;

        public void Set(int value) => Changed?.Invoke(value);
    }
}
