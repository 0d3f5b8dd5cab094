using System.Runtime.CompilerServices;

namespace LanguageChecks;

internal static class Statics
{
    private static readonly string s_text = "a" + Numbers.Opaque(1).ToString();
    private static readonly object s_object = new();
    private static int s_order;

    public static void Run()
    {
        Check.Equal("static: initialised at run time", s_text, "a1");
        Check.That("static: object", s_object is not null);
        Check.That("static: constructor has not run before it is needed", s_order == 0);
        Check.Equal("static: constructor runs at the first access", Lazy.Value, 1);
        Check.Equal("static: constructor runs once", Lazy.Value + s_order, 2);
        Check.That("static: eager constructor has run", Eager.Ran == 1);
        Check.That("static: module initialiser has run", Module.Ran);
        Check.That("static: constructor that needs another's", First.Value == 11);
        Check.That("static: data made at compile time", Table.Squares[9] == 81 && Table.Name == "squares");
        Check.That("const and readonly struct", Table.Origin.X == 1 && Table.Origin.Next!.Length == 2);
    }

    private static class Lazy
    {
        public static readonly int Value;

        static Lazy() => Value = ++s_order;
    }

    private static class First
    {
        public static readonly int Value = Second.Value + Numbers.Opaque(1);
    }

    private static class Second
    {
        public static readonly int Value = Numbers.Opaque(10);
    }

    [EagerStaticClassConstruction]
    private static class Eager
    {
        public static int Ran;

        static Eager() => Ran = Numbers.Opaque(1);
    }

    internal static class Module
    {
        public static bool Ran { get; private set; }

        [ModuleInitializer]
        internal static void Initialize() => Ran = true;
    }

    private static class Table
    {
        public static readonly int[] Squares = Make();
        public static readonly string Name = "squares";
        public static readonly Place Origin = new(1, "xy");

        private static int[] Make()
        {
            int[] squares = new int[10];
            for (int i = 0; i < squares.Length; i++)
                squares[i] = i * i;
            return squares;
        }
    }

    private readonly struct Place(int x, string next)
    {
        public readonly int X = x;
        public readonly string? Next = next;
    }
}
