using System;
using System.Collections.Generic;
using System.Globalization;
using Guest.Rig.Host;

namespace Guest.Rig.Measure;

/// <summary>Names of a program's functions by address, as <c>nm</c> reads them from a file of symbols, or as a kernel tells its own.</summary>
public sealed class SymbolTable
{
    private readonly ulong[] _addresses;
    private readonly string[] _names;

    private SymbolTable(ulong[] addresses, string[] names)
    {
        _addresses = addresses;
        _names = names;
        Array.Sort(_addresses, _names);
    }

    /// <summary>Reads an ELF's symbols.</summary>
    public static SymbolTable Read(string file) => Parse(Shell.Require("nm", "--defined-only", file));

    /// <summary>Reads lines of address, type and name: <c>nm</c>'s, <c>/proc/kallsyms</c>, <c>/proc/xen/xensyms</c>.</summary>
    public static SymbolTable Parse(string text)
    {
        List<ulong> addresses = [];
        List<string> names = [];
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int type = line.IndexOf(' ');
            int name = type + 3;
            if (type < 0 || line.Length <= name || !ulong.TryParse(line[..type], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address))
                continue;
            addresses.Add(address);
            names.Add(line[name..].ToString());
        }
        return new SymbolTable([.. addresses], [.. names]);
    }

    /// <summary>Where a function begins.</summary>
    /// <param name="nameEnd">The end of its name.</param>
    public ulong AddressOf(string nameEnd)
    {
        int index = Array.FindIndex(_names, name => name.EndsWith(nameEnd, StringComparison.Ordinal));
        return index >= 0 ? _addresses[index] : throw new RigException($"There is no function ...{nameEnd} among the symbols.");
    }

    /// <summary>The function that holds an address.</summary>
    public string Find(ulong address)
    {
        int index = Array.BinarySearch(_addresses, address);
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
