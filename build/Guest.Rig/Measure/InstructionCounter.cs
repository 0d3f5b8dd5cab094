using System;
using System.Collections.Generic;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Threading;
using Guest.Rig.Qemu;

namespace Guest.Rig.Measure;

/// <summary>Counts the instructions that a guest executes, from outside: the file that <c>build/Guest.Counter</c>, a plugin of QEMU's, counts
/// into. Its layout stands there, in CounterFile.</summary>
public sealed partial class InstructionCounter : IDisposable
{
    private const long Size = 64 << 20;
    private const int RangesAt = 8;
    private const int RangeWords = 3;
    private const int BlocksAt = 64;
    private const int BlockWords = 3;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly string _plugin;
    private readonly string _path;
    private readonly IReadOnlyList<CodeRange> _ranges;

    /// <summary>Makes the file.</summary>
    /// <param name="plugin">The plugin's shared library.</param>
    /// <param name="ranges">Whose code is where, if the machine carries more than the guest: an address belongs to the first range that
    /// holds it.</param>
    public InstructionCounter(string plugin, params IReadOnlyList<CodeRange> ranges)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ranges.Count, (BlocksAt - RangesAt) / RangeWords);
        _ranges = ranges;
        _plugin = plugin;
        _path = Path.Combine(Path.GetTempPath(), $"guest-counts-{Environment.ProcessId}-{Guid.NewGuid():n}");
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.CreateNew, mapName: null, Size);
        _view = _file.CreateViewAccessor();
        _view.Write(2 * sizeof(long), (long)ranges.Count);
        for (int i = 0; i < ranges.Count; i++)
        {
            _view.Write((RangesAt + i * RangeWords) * sizeof(long), ranges[i].First);
            _view.Write((RangesAt + i * RangeWords + 1) * sizeof(long), ranges[i].Last);
        }
    }

    /// <summary>QEMU's arguments that make it count.</summary>
    public IReadOnlyList<string> Arguments => ["-plugin", $"{QemuOption.Escape(_plugin)},counts={QemuOption.Escape(_path)}"];

    /// <summary>All instructions of the machine so far.</summary>
    public long Total => _view.ReadInt64(0);

    /// <summary>The guest's own so far: those of <see cref="CodeRange.Guest"/>, or all where there are no ranges.</summary>
    public long Own
    {
        get
        {
            for (int i = 0; i < _ranges.Count; i++)
            {
                if (_ranges[i].Owner == CodeRange.Guest)
                    return OfRange(i);
            }
            return Total;
        }
    }

    /// <summary>The machine's instructions so far, by whose they are; empty where there are no ranges.</summary>
    public Dictionary<string, long> ByOwner()
    {
        Dictionary<string, long> owners = [];
        for (int i = 0; i < _ranges.Count; i++)
            owners[_ranges[i].Owner] = owners.GetValueOrDefault(_ranges[i].Owner) + OfRange(i);
        return owners;
    }

    /// <summary>Waits until the guest has been idle for a moment, so that a count belongs to what was asked of it.</summary>
    /// <returns>Whether it became idle in time; a guest with a periodic timer never does.</returns>
    public bool WaitForIdle(TimeSpan quiet, TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        long last = Own;
        while (Environment.TickCount64 < deadline)
        {
            Thread.Sleep(quiet);
            long now = Own;
            if (now == last)
                return true;
            last = now;
        }
        return false;
    }

    /// <summary>How many instructions have been executed in each block of guest code, by the address of its first.</summary>
    public Dictionary<ulong, long> Blocks()
    {
        Dictionary<ulong, long> blocks = [];
        long count = Math.Min(_view.ReadInt64(sizeof(long)), ((Size - RecordBytes) / sizeof(long) - BlocksAt) / BlockWords);
        for (long i = 0; i < count; i++)
        {
            long at = (BlocksAt + i * BlockWords) * sizeof(long);
            long instructions = _view.ReadInt64(at + 8) * _view.ReadInt64(at + 16);
            if (instructions == 0)
                continue;
            ulong address = _view.ReadUInt64(at);
            blocks[address] = blocks.GetValueOrDefault(address) + instructions;
        }
        return blocks;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    private long OfRange(int index) => _view.ReadInt64((RangesAt + index * RangeWords + 2) * sizeof(long));
}
