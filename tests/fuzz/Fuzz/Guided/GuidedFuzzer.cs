using System;
using System.Collections.Generic;
using System.Linq;

namespace Guest.Fuzz.Guided;

/// <summary>Mutates inputs that did something new, for as long as it may; what does something new again is kept.</summary>
/// <remarks>With the same seed, corpus and number of inputs it does the same.</remarks>
internal sealed class GuidedFuzzer
{
    private readonly InputRunner _runner;
    private readonly CoverageMap _coverage;
    private readonly CurrentInput _current;
    private readonly List<byte[]> _kept = [];

    public GuidedFuzzer(InputRunner runner, CoverageMap coverage, CurrentInput current)
    {
        _runner = runner;
        _coverage = coverage;
        _current = current;
    }

    /// <summary>Inputs that ran.</summary>
    public long Done { get; private set; }

    /// <summary>See <see cref="CoverageMap.Known"/>.</summary>
    public int Covered => _coverage.Known;

    /// <summary>Whether the kernel's assemblies are instrumented.</summary>
    public bool IsGuided { get; private set; }

    /// <summary>Told of each input that did something new.</summary>
    public Action<byte[]>? Found { get; set; }

    /// <summary>An input that failed, and how; it ends the run.</summary>
    public (byte[] Input, Exception Problem)? Failure { get; private set; }

    /// <summary>Runs what is known: the shortest first, so that of two that do the same it is kept.</summary>
    /// <param name="corpus">The inputs.</param>
    /// <param name="countsMatter">See <see cref="CoverageMap.Merge"/>.</param>
    /// <returns>Those that did something which no shorter one does.</returns>
    public IReadOnlyList<byte[]> Replay(IEnumerable<byte[]> corpus, bool countsMatter = true)
    {
        foreach (byte[] input in corpus.OrderBy(input => input.Length))
        {
            if (!Try(input))
                break;
            if (_coverage.Merge(countsMatter))
                _kept.Add(input);
            IsGuided |= _coverage.IsFed;
        }

        return _kept;
    }

    /// <summary>Mutates until an input fails or <paramref name="mayGoOn"/> says no.</summary>
    public void Run(ulong seed, Func<long, bool> mayGoOn)
    {
        Random64 random = new(seed);
        Mutator mutator = new(_runner.Target.MostBytes, _runner.Target.Words);
        if (_kept.Count == 0)
            _kept.Add([]);
        for (long tries = 0; Failure is null && mayGoOn(tries); tries++)
        {
            // Half of the time one of those that were found last: nobody has looked behind them yet.
            int recent = Math.Min(_kept.Count, 16);
            byte[] parent = random.Chance(50) ? _kept[^(1 + random.Below(recent))] : _kept[random.Below(_kept.Count)];
            byte[] input = mutator.Mutate(ref random, parent, _kept);
            if (!Try(input) || !_coverage.Merge())
                continue;
            _kept.Add(input);
            Found?.Invoke(input);
        }
    }

    private bool Try(byte[] input)
    {
        _current.Set(input);
        _coverage.Clear();
        Done++;
        if (_runner.Run(input) is not { } problem)
            return true;
        Failure ??= (input, problem);
        return false;
    }
}
