using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Guest.Integration.Tests.Qemu;

/// <summary>A loader of our own, which hands an image that QEMU has placed a start_info of a test's making
/// (xen/include/public/arch-x86/hvm/start_info.h): a small ELF that QEMU starts as it would the image.</summary>
internal sealed class PvhLoader : IDisposable
{
    /// <summary>An entry's type that means usable memory.</summary>
    public const uint Usable = 1;

    private const uint LoadedAt = 0x300_0000;
    private const uint ImageEntry = 0x10_0000;
    private const uint Magic = 0x336e_c578;
    private const int HeaderBytes = 52;
    private const int SegmentBytes = 32;
    private const int NoteAt = HeaderBytes + (2 * SegmentBytes);
    private const int NoteBytes = 24;
    private const int CodeAt = NoteAt + NoteBytes;
    private const int CodeBytes = 12;
    private const int StartInfoAt = 160;
    private const int StartInfoBytes = 56;
    private const int EntryBytes = 24;

    /// <summary>Writes the loader's file.</summary>
    /// <param name="version">The start_info's version.</param>
    /// <param name="map">The memory map.</param>
    /// <param name="commandLine">The image's command line; null for none.</param>
    public PvhLoader(uint version, (ulong Address, ulong Size, uint Type)[] map, string? commandLine = "")
    {
        byte[] line = commandLine is null ? [] : Encoding.ASCII.GetBytes(commandLine + '\0');
        int mapAt = StartInfoAt + StartInfoBytes;
        int lineAt = mapAt + (map.Length * EntryBytes);
        byte[] file = new byte[lineAt + line.Length];
        WriteElf(file);
        WriteCode(file.AsSpan(CodeAt));
        WriteStartInfo(file.AsSpan(StartInfoAt), version, map.Length, mapAt, commandLine is null ? 0 : LoadedAt + (uint)lineAt);
        for (int i = 0; i < map.Length; i++)
        {
            Span<byte> entry = file.AsSpan(mapAt + (i * EntryBytes));
            BinaryPrimitives.WriteUInt64LittleEndian(entry, map[i].Address);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], map[i].Size);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], map[i].Type);
        }

        line.CopyTo(file, lineAt);
        File = Path.GetTempFileName();
        System.IO.File.WriteAllBytes(File, file);
    }

    /// <summary>The loader's file.</summary>
    public string File { get; }

    /// <inheritdoc/>
    public void Dispose() => System.IO.File.Delete(File);

    /// <summary>ELF32: one segment with the whole file, and the note that names the entry.</summary>
    private static void WriteElf(Span<byte> file)
    {
        ReadOnlySpan<byte> identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1];
        identity.CopyTo(file);
        Put16(file, 16, 2);
        Put16(file, 18, 3);
        Put32(file, 20, 1);
        Put32(file, 24, LoadedAt + CodeAt);
        Put32(file, 28, HeaderBytes);
        Put16(file, 40, HeaderBytes);
        Put16(file, 42, SegmentBytes);
        Put16(file, 44, 2);
        WriteSegment(file[HeaderBytes..], 1, 0, file.Length);
        WriteSegment(file[(HeaderBytes + SegmentBytes)..], 4, NoteAt, NoteBytes);

        Put32(file, NoteAt, 4);
        Put32(file, NoteAt + 4, 8);
        Put32(file, NoteAt + 8, 18);
        "Xen\0"u8.CopyTo(file[(NoteAt + 12)..]);
        Put32(file, NoteAt + 16, LoadedAt + CodeAt);
    }

    private static void WriteSegment(Span<byte> segment, uint type, int offset, int bytes)
    {
        Put32(segment, 0, type);
        Put32(segment, 4, (uint)offset);
        Put32(segment, 8, LoadedAt + (uint)offset);
        Put32(segment, 12, LoadedAt + (uint)offset);
        Put32(segment, 16, (uint)bytes);
        Put32(segment, 20, (uint)bytes);
        Put32(segment, 24, 7);
        Put32(segment, 28, 4);
    }

    /// <summary>mov $start_info, %ebx; mov $entry, %eax; jmp *%eax: QEMU has entered as the contract wants it.</summary>
    private static void WriteCode(Span<byte> code)
    {
        code[0] = 0xbb;
        Put32(code, 1, LoadedAt + StartInfoAt);
        code[5] = 0xb8;
        Put32(code, 6, ImageEntry);
        code[10] = 0xff;
        code[CodeBytes - 1] = 0xe0;
    }

    private static void WriteStartInfo(Span<byte> start, uint version, int entries, int mapAt, uint commandLine)
    {
        Put32(start, 0, Magic);
        Put32(start, 4, version);
        Put32(start, 24, commandLine);
        Put32(start, 40, entries == 0 ? 0 : LoadedAt + (uint)mapAt);
        Put32(start, 48, (uint)entries);
    }

    private static void Put16(Span<byte> bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);

    private static void Put32(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);
}
