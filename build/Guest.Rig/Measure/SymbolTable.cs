using System;
using System.Collections.Generic;
using System.Globalization;
using Guest.Rig.Host;

namespace Guest.Rig.Measure;

/// <summary>Names of a guest's functions by address, as <c>nm</c> reads them from the file of symbols.</summary>
public sealed class SymbolTable
{
    private readonly List<ulong> _addresses = [];
    private readonly List<string> _names = [];

    /// <summary>Reads an ELF's symbols.</summary>
    public static SymbolTable Read(string file)
    {
        SymbolTable table = new();
        foreach (string line in Shell.Require("nm", "--numeric-sort", "--defined-only", file).Split('\n'))
        {
            string[] parts = line.Split(' ', 3);
            if (parts.Length != 3)
                continue;
            table._addresses.Add(ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            table._names.Add(parts[2]);
        }
        return table;
    }

    /// <summary>The function that holds an address.</summary>
    public string Find(ulong address)
    {
        int index = _addresses.BinarySearch(address);
        index = index < 0 ? ~index - 1 : index;
        return index < 0 ? $"0x{address:x}" : _names[index];
    }

    /// <summary>Adds up counts by address to counts by function, the largest first.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="foreign">Names what an address belongs to if not to this table's program; null if it does.</param>
    public IReadOnlyList<KeyValuePair<string, long>> ByFunction(IReadOnlyDictionary<ulong, long> counts, Func<ulong, string?> foreign)
    {
        Dictionary<string, long> functions = [];
        foreach ((ulong address, long count) in counts)
        {
            string name = foreign(address) ?? Find(address);
            functions[name] = functions.GetValueOrDefault(name) + count;
        }
        List<KeyValuePair<string, long>> sorted = [.. functions];
        sorted.Sort((left, right) => right.Value.CompareTo(left.Value));
        return sorted;
    }
}
