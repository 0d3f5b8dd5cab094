using System;
using System.Collections.Generic;

namespace Guest.Tool.Bench.Timelines;

/// <summary>Which functions of a program do what. Functions that are not listed work for whoever called them.</summary>
internal sealed class StageTable
{
    private readonly Dictionary<string, Stage> _functions = [];
    private readonly Dictionary<string, Stage> _modules = [];
    private readonly List<(string Start, Stage Stage)> _starts = [];

    /// <param name="rows">Each a pattern and what it stands for: a function's name, the start of names (<c>do_*</c>), or a module of Linux
    /// (<c>[bridge]</c>).</param>
    public StageTable(params IEnumerable<(string Pattern, Stage Stage)> rows)
    {
        foreach ((string pattern, Stage stage) in rows)
        {
            if (pattern.StartsWith('['))
                _modules[pattern] = stage;
            else if (pattern.EndsWith('*'))
                _starts.Add((pattern[..^1], stage));
            else
                _functions[pattern] = stage;
        }
    }

    /// <summary>What a function does; null if it is not listed.</summary>
    /// <param name="symbol">Its name as a kernel or <c>nm</c> tells it: Linux puts <c>[module]</c> behind it, Xen <c>file.c#</c> before it, the compiler
    /// <c>.constprop.0</c> and the like behind.</param>
    public Stage? Find(string symbol)
    {
        ReadOnlySpan<char> name = symbol;
        int module = name.IndexOf('[');
        if (module >= 0)
        {
            if (_modules.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[module..].TrimEnd(), out Stage? ofModule))
                return ofModule;
            name = name[..module].TrimEnd();
        }
        name = name[(name.IndexOf('#') + 1)..];
        if (name.IndexOf('.') is > 0 and int dot)
            name = name[..dot];
        if (_functions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out Stage? found))
            return found;
        foreach ((string start, Stage stage) in _starts)
        {
            if (name.StartsWith(start, StringComparison.Ordinal))
                return stage;
        }
        return null;
    }
}
