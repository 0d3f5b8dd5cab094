using System.IO;
using System.IO.MemoryMappedFiles;
using System.Threading;

namespace Guest.Counter;

/// <summary>The file that QEMU's translated code counts into and that another process reads at any time. Guest.Rig's
/// <c>InstructionCounter</c> makes it and reads it.</summary>
/// <remarks>
/// All words are little-endian and of 8 bytes. Word 0: instructions executed. Word 1: blocks translated. Word 2: ranges of addresses, which who
/// makes the file fills in. Word 3: 1 if it wants to be able to have every block's execution recorded, in order; 2 if it wants that now. Word 4: 1 while it is able to.
/// Word 5: how many records there are, which the file's maker may set back while none are made. From word 8, three for each range: its first address, its last, the instructions executed in blocks that begin
/// there; a block belongs to the first range that holds it. From word 64, three for each block: the guest's virtual address, the number of
/// its instructions, how often it was executed. Blocks beyond the room for them are counted in the words before alone. The file's last 8 MiB are the
/// records, of 4 bytes: the number of a block that the first processor executed, or <see cref="Halt"/>. What does not fit is not recorded.
/// Words are added to without a lock: with several busy processors, counts are lost.
/// </remarks>
internal sealed unsafe class CounterFile
{
    /// <summary>The record that says that the processor halted.</summary>
    public const uint Halt = uint.MaxValue;

    private const int WantedAt = 3;
    private const int AbleAt = 4;
    private const int RecordsAt = 5;
    private const int RangesAt = 8;
    private const int RangeWords = 3;
    private const int BlocksAt = 64;
    private const int BlockWords = 3;
    private const long RecordBytes = 8 << 20;

    private readonly ulong* _words;
    private readonly uint* _records;
    private readonly long _capacity;

    private CounterFile(ulong* words, long length)
    {
        _words = words;
        _records = (uint*)((byte*)words + length - RecordBytes);
        _capacity = ((length - RecordBytes) / sizeof(ulong) - BlocksAt) / BlockWords;
    }

    /// <summary>The word that counts all instructions.</summary>
    public ulong* Total => _words;

    /// <summary>Whether the file's maker wants to be able to have executions recorded.</summary>
    public bool IsRecorderWanted => Volatile.Read(ref _words[WantedAt]) != 0;

    /// <summary>Whether translated code calls <see cref="Record"/>.</summary>
    public bool HasRecorder
    {
        get => _words[AbleAt] != 0;
        set => Volatile.Write(ref _words[AbleAt], value ? 1UL : 0);
    }

    /// <summary>Maps a file for as long as the process lives.</summary>
    public static CounterFile Open(string path)
    {
        long length = new FileInfo(path).Length;
        MemoryMappedViewAccessor view = MemoryMappedFile.CreateFromFile(path, FileMode.Open).CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new CounterFile((ulong*)start, length);
    }

    /// <summary>The word that counts the instructions of the range that holds an address; null if none does.</summary>
    public ulong* RangeOf(ulong address)
    {
        ulong* range = _words + RangesAt;
        for (ulong left = _words[2]; left != 0; left--, range += RangeWords)
        {
            if (address >= range[0] && address <= range[1])
                return range + 2;
        }
        return null;
    }

    /// <summary>Enters a block.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="instructions">How many it has.</param>
    /// <param name="number">Its number.</param>
    /// <returns>The word that counts its executions; null if the file is full.</returns>
    public ulong* AddBlock(ulong address, ulong instructions, out uint number)
    {
        ulong index = Interlocked.Increment(ref _words[1]) - 1;
        number = (uint)index;
        if (index >= (ulong)_capacity)
            return null;
        ulong* block = _words + BlocksAt + (long)index * BlockWords;
        block[0] = address;
        block[1] = instructions;
        return block + 2;
    }

    /// <summary>Adds a record, if one is wanted and there is room.</summary>
    public void Record(uint what)
    {
        const ulong Now = 2;
        ulong count = _words[RecordsAt];
        if (Volatile.Read(ref _words[WantedAt]) != Now || count >= RecordBytes / sizeof(uint))
            return;
        _records[count] = what;
        // Whoever reads the number finds the record.
        Volatile.Write(ref _words[RecordsAt], count + 1);
    }
}
