using System;

namespace LanguageChecks;

internal static class Flow
{
    private static int s_trace;

    public static void Run()
    {
        s_trace = 0;
        Finally();
        Check.Equal("finally: runs on the way out", s_trace, 123);
        Check.Equal("finally: runs on return", ReturnThroughFinally() + s_trace, 5 + 7);
        Check.Equal("loop: break, continue, nested", Loops(), 10);
        Check.Equal("goto case", Cases(1), 12);
        Check.Equal("local function that captures", Sum([1, 2, 3]), 6);
        Check.That("patterns: list", Describe([1, 2, 3]) == "1..3" && Describe([]) == "empty" && Describe([9]) == "one");
        Check.That("patterns: relational", Size(5) == "small" && Size(5000) == "large");
        Check.That("checked: in range", checked((byte)Numbers.Opaque(255)) == 255);
        Check.Equal("recursion", Fibonacci(20), 6765);
        Check.That("params span", Count(1, 2, 3) == 3);
        Check.Equal("collection expression with spread", Spread([1, 2]).Length, 4);
        Check.Equal("null-conditional chain", ((string?)null)?.Trim()?.Length ?? -1, -1);
        Check.Equal("a frame of several pages", LargeFrame(), 65_535);
    }

    private static void Finally()
    {
        try
        {
            s_trace = 1;
            try
            {
                s_trace = (s_trace * 10) + 2;
            }
            finally
            {
                s_trace = (s_trace * 10) + 3;
            }
        }
        finally
        {
            s_trace += 0;
        }
    }

    private static int ReturnThroughFinally()
    {
        try
        {
            return 5;
        }
        finally
        {
            s_trace = 7;
        }
    }

    private static int Loops()
    {
        int sum = 0;
        for (int i = 0; ; i++)
        {
            if (i == 2)
                continue;
            if (i > 4)
                break;
            int j = i;
            while (j-- > 0)
                sum++;
            do
                sum++;
            while (sum < 0);
        }

        return sum - 2;
    }

    private static int Cases(int value)
    {
        int result = 0;
        switch (value)
        {
            case 1:
                result += 10;
                goto case 2;
            case 2:
                result += 2;
                break;
            default:
                result = -1;
                break;
        }

        return result;
    }

    private static int Sum(int[] values)
    {
        int sum = 0;
        foreach (int value in values)
            Add(value);
        return sum;

        void Add(int value) => sum += value;
    }

    private static string Describe(ReadOnlySpan<int> values) => values switch
    {
        [] => "empty",
        [_] => "one",
        [var first, .., var last] => first.ToString() + ".." + last.ToString(),
    };

    private static string Size(int value) => value switch
    {
        < 1500 => "small",
        >= 1500 and < 10_000 => "large",
        _ => "huge",
    };

    private static int Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);

    private static int Count(params ReadOnlySpan<int> values) => values.Length;

    private static int[] Spread(int[] values) => [0, .. values, 9];

    private static int LargeFrame()
    {
        Span<byte> frame = stackalloc byte[65_536];
        for (int i = 1; i < frame.Length; i++)
            frame[i] = 1;
        int sum = 0;
        foreach (byte value in frame)
            sum += value;
        return sum;
    }
}
