using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Guest.Xen.Rig.Building;

/// <summary>Writes an archive in cpio's "newc" format, the one that Linux unpacks as its first file system
/// (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). Folders are added as they are needed.</summary>
public sealed class CpioArchive : IDisposable
{
    private const uint Folder = 0x4000;
    private const uint File = 0x8000;
    private const uint SymbolicLink = 0xa000;
    private const uint CharacterDevice = 0x2000;
    private const int Alignment = 4;

    private readonly Stream _output;
    private readonly HashSet<string> _names = [];
    private long _length;
    private uint _lastInode;

    /// <summary>Begins an archive.</summary>
    public CpioArchive(Stream output) => _output = output;

    /// <summary>Adds a file, unless there is one of that name.</summary>
    /// <param name="path">Its absolute path in the archive.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="mode">Its permission bits.</param>
    public void AddFile(string path, ReadOnlySpan<byte> content, uint mode) => Add(path, File | mode, content);

    /// <summary>Adds a file of this machine, its links followed, under the same path.</summary>
    public void AddHostFile(string path)
    {
        const uint Executable = 0x1ed;
        AddFile(path, System.IO.File.ReadAllBytes(path), Executable);
    }

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string path, string target) => Add(path, SymbolicLink | 0x1ff, Encoding.ASCII.GetBytes(target));

    /// <summary>Adds a folder.</summary>
    public void AddFolder(string path) => Add(path, Folder | 0x1ed, []);

    /// <summary>Adds a character device.</summary>
    public void AddDevice(string path, uint major, uint minor) => Add(path, CharacterDevice | 0x180, [], major, minor);

    /// <summary>Ends the archive.</summary>
    public void Dispose() => Write("TRAILER!!!", 0, [], 0, 0);

    private void Add(string path, uint mode, ReadOnlySpan<byte> content, uint major = 0, uint minor = 0)
    {
        string name = path.TrimStart('/');
        if (!_names.Add(name))
            return;
        if (Path.GetDirectoryName(name) is { Length: > 0 } parent)
            AddFolder(parent);
        Write(name, mode, content, major, minor);
    }

    private void Write(string name, uint mode, ReadOnlySpan<byte> content, uint major, uint minor)
    {
        uint links = mode == 0 ? 1u : (mode & Folder) != 0 ? 2u : 1u;
        uint inode = mode == 0 ? 0 : ++_lastInode;
        StringBuilder header = new("070701");
        foreach (uint field in (ReadOnlySpan<uint>)
            [inode, mode, 0, 0, links, 0, (uint)content.Length, 0, 0, major, minor, (uint)name.Length + 1, 0])
            header.Append($"{field:x8}");
        header.Append(name).Append('\0');
        Put(Encoding.ASCII.GetBytes(header.ToString()));
        Put(content);
    }

    // The header with its name, and the content, each end on a multiple of four.
    private void Put(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _length += bytes.Length;
        int padding = (int)(-_length & (Alignment - 1));
        _output.Write(stackalloc byte[padding]);
        _length += padding;
    }
}
