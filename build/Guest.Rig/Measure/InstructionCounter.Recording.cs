using System;
using System.Threading;

namespace Guest.Rig.Measure;

/// <summary>The other half: every block that the machine's first processor executes, in order.</summary>
public sealed partial class InstructionCounter
{
    private const int WantedAt = 3;
    private const int AbleAt = 4;
    private const int RecordsAt = 5;
    private const long RecordBytes = 8 << 20;
    private const uint Halt = uint.MaxValue;

    /// <summary>Makes the machine able to record what it executes, or fast again.</summary>
    /// <param name="on">Which.</param>
    /// <param name="occupy">Makes the machine do something: it changes over when it halts next.</param>
    /// <param name="patience">How long to try.</param>
    public void PrepareRecord(bool on, Action occupy, TimeSpan patience)
    {
        long wanted = on ? 1 : 0;
        _view.Write(WantedAt * sizeof(long), wanted);
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (_view.ReadInt64(AbleAt * sizeof(long)) != wanted)
        {
            if (Environment.TickCount64 > deadline)
                throw new RigException($"The machine did not halt within {patience.TotalSeconds:0.#} s, so that what it executes cannot be recorded.");
            occupy();
            Thread.Sleep(1);
        }
    }

    /// <summary>Everything that is executed meanwhile.</summary>
    /// <param name="action">What is watched, from rest to rest.</param>
    public ExecutedBlock[] Record(Action action)
    {
        const long Now = 2;
        _view.Write(RecordsAt * sizeof(long), 0L);
        _view.Write(WantedAt * sizeof(long), Now);
        try
        {
            action();
        }
        finally
        {
            _view.Write(WantedAt * sizeof(long), 1L);
        }
        long count = _view.ReadInt64(RecordsAt * sizeof(long));
        if (count >= RecordBytes / sizeof(uint))
            throw new RigException("There was no room to record all that the machine executed.");
        ExecutedBlock[] blocks = new ExecutedBlock[count];
        for (long i = 0; i < count; i++)
        {
            uint number = _view.ReadUInt32(Size - RecordBytes + i * sizeof(uint));
            long at = (BlocksAt + number * (long)BlockWords) * sizeof(long);
            blocks[i] = number == Halt ? default : new ExecutedBlock(_view.ReadUInt64(at), (int)_view.ReadInt64(at + sizeof(long)));
        }
        return blocks;
    }
}
