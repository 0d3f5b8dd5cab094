using System.Collections.Generic;
using System.Linq;
using Guest.Rig.Measure;

namespace Guest.Tool.Bench.Timelines;

/// <summary>Whose the code at an address is and what it does.</summary>
internal sealed class CodeMap
{
    private readonly Dictionary<string, (SymbolTable Symbols, StageTable Stages)> _programs = [];
    private readonly Dictionary<ulong, (string Owner, Stage? Stage)> _known = [];
    private readonly IReadOnlyList<CodeRange> _ranges;

    /// <param name="ranges">Whose code is where; empty: all is the guest's.</param>
    public CodeMap(IReadOnlyList<CodeRange> ranges) => _ranges = ranges;

    /// <summary>Tells of an owner's program.</summary>
    public CodeMap With(string owner, SymbolTable symbols, StageTable stages)
    {
        _programs[owner] = (symbols, stages);
        return this;
    }

    /// <summary>Whose it is, and what it does if that is known.</summary>
    public (string Owner, Stage? Stage) Find(ulong address)
    {
        if (_known.TryGetValue(address, out (string, Stage?) known))
            return known;
        string owner = _ranges.Count == 0
            ? CodeRange.Guest
            : _ranges.Where(range => address >= range.First && address <= range.Last).Select(range => range.Owner).FirstOrDefault("nobody");
        Stage? stage = _programs.TryGetValue(owner, out (SymbolTable Symbols, StageTable Stages) program)
            ? program.Stages.Find(program.Symbols.Find(address))
            : null;
        _known[address] = (owner, stage);
        return (owner, stage);
    }
}
