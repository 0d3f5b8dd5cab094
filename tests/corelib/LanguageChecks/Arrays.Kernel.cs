using System;
using System.Collections.Generic;

namespace LanguageChecks;

internal static class Arrays
{
    public static void Run()
    {
        int[] numbers = [5, 3, 1];
        Check.Equal("array: initialised", numbers[0] + numbers[2] + numbers.Length, 9);
        object[] objects = new string[] { "a", "b" };
        Check.That("array: covariance", objects is string[] && objects[1] is "b");
        objects[0] = "c";
        Check.That("array: covariant store", (string)objects[0] == "c");
        int[][] jagged = [[1], [2, 3]];
        Check.Equal("array: of arrays", jagged[1][1], 3);
        Array.Resize(ref numbers, 5);
        Check.That("array: resized", numbers.Length == 5 && numbers[2] == 1 && numbers[4] == 0);
        Check.Equal("array: index of", Array.IndexOf(numbers, 3), 1);
        int[] copy = (int[])numbers.Clone();
        copy[0] = 0;
        Check.That("array: cloned", numbers[0] == 5 && copy[1] == 3);
        Array.Copy(numbers, 0, copy, 2, 3);
        Check.That("array: copied", copy[2] == 5 && copy[4] == 1);
        Check.That("array: part by range", numbers[1..3].Length == 2 && numbers[1..3][0] == 3);
        Check.That("array: empty ones are one", ReferenceEquals(Array.Empty<int>(), Array.Empty<int>()));
        IReadOnlyList<int> list = numbers;
        Check.Equal("array: as a list", list[1] + list.Count, 3 + 5);
        int sum = 0;
        foreach (int number in (IEnumerable<int>)numbers)
            sum += number;
        Check.Equal("array: walked as an enumerable", sum, 9);
        ref int second = ref numbers[1];
        second = 30;
        Check.Equal("array: reference to an element", numbers[1], 30);
        string?[] strings = new string[2];
        ref string? slot = ref strings[1];
        slot = "s";
        Check.That("array: reference to a reference", strings[1] == "s" && strings[0] is null);
        Guid128[] values = new Guid128[3];
        values[2] = new Guid128 { Low = 1, High = 7 };
        Check.That("array: of structs", values[2].High == 7 && values[1].High == 0);
        Check.That("array: is it one", (object)numbers is int[] && (object)numbers is not long[] && (object)numbers is Array);
        Check.That("array: bool and long tables in the image", Table[3] == 1L << 40);
    }

    private static readonly long[] Table = [1, 2, 3, 1L << 40];

    private struct Guid128
    {
        public ulong Low;
        public ulong High;
    }
}
