using System.IO;
using System.IO.MemoryMappedFiles;
using System.Threading;

namespace Guest.Counter;

/// <summary>The file that QEMU's translated code counts into and that another process reads at any time. Guest.Rig's
/// <c>InstructionCounter</c> makes it and reads it.</summary>
/// <remarks>
/// All words are little-endian and of 8 bytes. Word 0: instructions executed. Word 1: blocks translated. Word 2: ranges of addresses, which who
/// makes the file fills in. From word 8, three for each range: its first address, its last, the instructions executed in blocks that begin
/// there; a block belongs to the first range that holds it. From word 64, three for each block: the guest's virtual address, the number of
/// its instructions, how often it was executed. Blocks beyond the file's end are counted in the words before alone. Words are added to without
/// a lock: with several busy processors, counts are lost.
/// </remarks>
internal sealed unsafe class CounterFile
{
    private const int RangesAt = 8;
    private const int RangeWords = 3;
    private const int BlocksAt = 64;
    private const int BlockWords = 3;

    private readonly ulong* _words;
    private readonly long _capacity;

    private CounterFile(ulong* words, long capacity)
    {
        _words = words;
        _capacity = capacity;
    }

    /// <summary>The word that counts all instructions.</summary>
    public ulong* Total => _words;

    /// <summary>Maps a file for as long as the process lives.</summary>
    public static CounterFile Open(string path)
    {
        long length = new FileInfo(path).Length;
        MemoryMappedViewAccessor view = MemoryMappedFile.CreateFromFile(path, FileMode.Open).CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new CounterFile((ulong*)start, (length / sizeof(ulong) - BlocksAt) / BlockWords);
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
    /// <returns>The word that counts its executions; null if the file is full.</returns>
    public ulong* AddBlock(ulong address, ulong instructions)
    {
        ulong index = Interlocked.Increment(ref _words[1]) - 1;
        if (index >= (ulong)_capacity)
            return null;
        ulong* block = _words + BlocksAt + (long)index * BlockWords;
        block[0] = address;
        block[1] = instructions;
        return block + 2;
    }
}
