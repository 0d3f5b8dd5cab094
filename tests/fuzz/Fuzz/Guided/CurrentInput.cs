using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Guest.Fuzz.Guided;

/// <summary>The input that runs, in a file that outlives the process: what a fault of memory or a stack that is used up ends cannot be caught.</summary>
internal sealed unsafe class CurrentInput : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _at;

    public CurrentInput(string path, int mostBytes)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, sizeof(int) + mostBytes);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _at);
    }

    /// <summary>What a process that died was at.</summary>
    public static byte[] Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return bytes.AsSpan(sizeof(int), MemoryMarshal.Read<int>(bytes)).ToArray();
    }

    public void Set(ReadOnlySpan<byte> input)
    {
        *(int*)_at = input.Length;
        input.CopyTo(new Span<byte>(_at + sizeof(int), input.Length));
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
