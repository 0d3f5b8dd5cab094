using System;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Fuzz.Rings;

/// <summary>All windows of a device: how much they lie, and how often they were looked at.</summary>
internal sealed class LyingRegisters(ulong seed)
{
    /// <summary>The most accesses of one call of a driver: a megabyte by PIO takes half a million.</summary>
    private const int MostAccesses = 3_000_000;

    private Random64 _random = new(seed);
    private int _noise;

    /// <summary>Of a thousand reads so many give something else.</summary>
    public int Noise
    {
        get => _noise;
        set
        {
            _noise = value;
            HasLied |= value != 0;
        }
    }

    /// <summary>Whether the device ever lied, here or elsewhere: then its model cannot hold the driver to what it was told.</summary>
    public bool HasLied
    {
        get => field || SharedWords.HaveLied;
        set;
    }

    /// <summary>Accesses since the last call of the driver began.</summary>
    public int Accesses { get; set; }

    public RegisterWindow Wrap(RegisterWindow inner, PathCounters counters, bool ports) => new LyingWindow(this, inner, counters, ports);

    public uint Read(RegisterWindow inner, int offset, Func<RegisterWindow, int, uint> read)
    {
        Count();
        uint value;
        try
        {
            value = read(inner, offset);
        }
        catch (Exception) when (HasLied)
        {
            value = uint.MaxValue;
        }

        if (_noise == 0 || _random.Below(1000) >= _noise)
            return value;
        return _random.Below(4) switch
        {
            0 => uint.MaxValue,
            1 => 0,
            2 => value ^ (1u << _random.Below(32)),
            _ => (uint)_random.Next(),
        };
    }

    public void Write(RegisterWindow inner, int offset, uint value, Action<RegisterWindow, int, uint> write)
    {
        Count();
        try
        {
            write(inner, offset, value);
        }
        catch (Exception) when (HasLied)
        {
            // The model was told what a driver that is not lied to would not say.
        }
    }

    private void Count()
    {
        if (++Accesses > MostAccesses)
            throw new InvalidOperationException("one call takes more accesses than it may");
    }
}
