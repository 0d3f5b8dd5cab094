using System;
using System.Collections.Generic;
using System.Runtime;

namespace LanguageChecks;

internal static class Collections
{
    private static byte[]? s_kept;

    public static void Run()
    {
        List<int> list = [3, 1, 2];
        for (int i = 0; i < 100; i++)
            list.Add(i);
        list.RemoveAt(0);
        Check.That("list: adds, removes, counts", list.Count == 102 && list[0] == 1 && list[^1] == 99 && list.Contains(50) && list.IndexOf(2) == 1);
        int sum = 0;
        foreach (int value in list)
            sum += value;
        Check.Equal("list: foreach", sum, 4950 + 3);
        list.Insert(1, 77);
        Check.That("list: inserts", list[1] == 77 && list[2] == 2 && list.Remove(77) && !list.Remove(777));

        Dictionary<string, int> map = new() { ["one"] = 1, ["two"] = 2 };
        for (int i = 0; i < 200; i++)
            map["k" + i.ToString()] = i;
        Check.That("dictionary: finds", map.Count == 202 && map["two"] == 2 && map["k199"] == 199 && map.TryGetValue("one", out int one) && one == 1);
        Check.That("dictionary: does not find", !map.ContainsKey("three") && !map.TryGetValue("three", out _));
        Check.That("dictionary: removes and reuses", map.Remove("one") && !map.ContainsKey("one") && map.TryAdd("uno", 1) && !map.TryAdd("uno", 2) && map.Count == 202);
        int values = 0;
        foreach (KeyValuePair<string, int> pair in map)
            values += pair.Key.Length > 0 ? pair.Value : 0;
        Check.Equal("dictionary: foreach", values, 2 + 1 + (199 * 200 / 2));

        long before = Arena.AllocatedBytes;
        long objects = Arena.AllocatedObjects;
        s_kept = new byte[100];
        Check.That("arena: counts bytes and objects", Arena.AllocatedBytes - before == 128 && Arena.AllocatedObjects - objects == 1 && s_kept.Length == 100);
        before = Arena.AllocatedBytes;
        Span<byte> scratch = stackalloc byte[64];
        list[0].TryFormat(scratch, out int written);
        Check.That("arena: what need not allocate does not", Arena.AllocatedBytes == before && written == 1);
    }
}
