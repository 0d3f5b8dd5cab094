using System.IO;
using System.IO.MemoryMappedFiles;
using System.Threading;

namespace Guest.Counter;

/// <summary>The file that QEMU's translated code counts into and that another process reads at any time. Guest.Rig's
/// <c>InstructionCounter</c> makes it and reads it.</summary>
/// <remarks>
/// All words are little-endian and of 8 bytes. Word 0: instructions executed. Word 1: blocks translated. From word 8, three for each block:
/// the guest's virtual address, the number of its instructions, how often it was executed. Blocks beyond the file's end are counted in word
/// 0 alone. Words are added to without a lock: with several busy processors, counts are lost.
/// </remarks>
internal sealed unsafe class CounterFile
{
    private const int HeaderWords = 8;
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
        return new CounterFile((ulong*)start, (length / sizeof(ulong) - HeaderWords) / BlockWords);
    }

    /// <summary>Enters a block.</summary>
    /// <returns>The word that counts its executions; null if the file is full.</returns>
    public ulong* AddBlock(ulong address, ulong instructions)
    {
        ulong index = Interlocked.Increment(ref _words[1]) - 1;
        if (index >= (ulong)_capacity)
            return null;
        ulong* block = _words + HeaderWords + (long)index * BlockWords;
        block[0] = address;
        block[1] = instructions;
        return block + 2;
    }
}
