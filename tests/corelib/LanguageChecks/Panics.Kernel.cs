using System;
using System.Runtime.CompilerServices;

namespace LanguageChecks;

/// <summary>What must end in a panic, one at a time: the argument of <c>panic</c>.</summary>
internal static class Panics
{
    private static int[]? s_kept;

    public static void Cause(string name)
    {
        int[] array = new int[2];
        object text = Text();
        switch (name)
        {
            case "throw":
                throw new InvalidOperationException("as asked");
            case "index":
                array[Numbers.Opaque(2)] = 1;
                break;
            case "span":
                array.AsSpan()[Numbers.Opaque(-1)] = 1;
                break;
            case "slice":
                Check.Equal("", array.AsSpan(Numbers.Opaque(3)).Length, 0);
                break;
            case "overflow":
                Check.Equal("", checked(Numbers.Opaque(int.MaxValue) + 1), 0);
                break;
            case "cast":
                Check.Equal("", ((int[])text).Length, 0);
                break;
            case "unbox":
                Check.Equal("", (int)text, 0);
                break;
            case "store":
                Store(new string[1], new object());
                break;
            case "memory":
                while (true)
                    s_kept = new int[1 << 20];
            case "argument":
                ArgumentNullException.ThrowIfNull(Null(), "frame");
                break;
            case "range":
                ArgumentOutOfRangeException.ThrowIfGreaterThan(Numbers.Opaque(5), 4, "count");
                break;
            case "nullable":
                Check.Equal("", NoNumber()!.Value, 0);
                break;
            default:
                Check.Say("no such panic\n");
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Store(object[] array, object value) => array[0] = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object Text() => "text";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object? Null() => null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int? NoNumber() => null;
}
