using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using FsCheck.Xunit;
using Guest.Xen.Rig.Building;

namespace Guest.Xen.Rig.Tests;

/// <summary>The archive read back by the format's rules.</summary>
public sealed class CpioArchiveTests
{
    private const int HeaderSize = 110;

    private readonly record struct Entry(string Name, uint Mode, byte[] Content);

    [Fact]
    public void Folders_are_added_before_what_is_in_them_and_once()
    {
        List<Entry> entries = ReadBack(archive =>
        {
            archive.AddFile("/etc/xen/xl.conf", "a=1\n"u8, 0x1a4);
            archive.AddFile("/etc/xen/xl.conf", "never"u8, 0x1a4);
            archive.AddLink("/etc/link", "xen");
            archive.AddDevice("/dev/console", 5, 1);
        });

        Assert.Equal(
            [
                ("etc", 0x41ed), ("etc/xen", 0x41ed), ("etc/xen/xl.conf", 0x81a4), ("etc/link", 0xa1ff),
                ("dev", 0x41ed), ("dev/console", 0x2180),
            ],
            entries.ConvertAll(entry => (entry.Name, (int)entry.Mode)));
        Assert.Equal("a=1\n", Encoding.ASCII.GetString(entries[2].Content));
        Assert.Equal("xen", Encoding.ASCII.GetString(entries[3].Content));
    }

    [Property]
    public void Any_content_comes_back(byte[][] files)
    {
        List<Entry> entries = ReadBack(archive =>
        {
            for (int i = 0; i < files.Length; i++)
                archive.AddFile($"/{new string('n', i % 7)}{i}", files[i], 0x1a4);
        });

        Assert.Equal(files.Length, entries.Count);
        for (int i = 0; i < files.Length; i++)
            Assert.Equal(files[i], entries[i].Content);
    }

    private static List<Entry> ReadBack(Action<CpioArchive> write)
    {
        using MemoryStream stream = new();
        using (CpioArchive archive = new(stream))
            write(archive);
        byte[] bytes = stream.ToArray();
        Assert.Equal(0, bytes.Length % 4);
        List<Entry> entries = [];
        int position = 0;
        while (true)
        {
            Assert.Equal("070701", Encoding.ASCII.GetString(bytes, position, 6));
            int size = (int)Field(6);
            int nameSize = (int)Field(11);
            string name = Encoding.ASCII.GetString(bytes, position + HeaderSize, nameSize - 1);
            int content = Align(position + HeaderSize + nameSize);
            if (name == "TRAILER!!!")
                return entries;
            entries.Add(new Entry(name, Field(1), bytes[content..(content + size)]));
            position = Align(content + size);
        }

        uint Field(int index)
        {
            string digits = Encoding.ASCII.GetString(bytes, position + 6 + index * 8, 8);
            return uint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
    }

    private static int Align(int position) => (position + 3) & ~3;
}
