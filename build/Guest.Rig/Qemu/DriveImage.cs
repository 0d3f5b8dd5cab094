using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Guest.Rig.Qemu;

/// <summary>A disk image of this host: what it is by its first bytes, not by its name, and whether it can be written. To attach a qcow2 as raw would
/// show its tables to the guest, and the guest's first write would destroy it.</summary>
/// <param name="Path">The file or block device.</param>
/// <param name="Format">QEMU's name for its format.</param>
/// <param name="IsReadOnly">Whether this process may only read it, or QEMU only reads the format.</param>
public sealed record DriveImage(string Path, string Format, bool IsReadOnly)
{
    private const int TrailerBytes = 512;
    private const int HeadBytes = 1024;

    // The names are those of QEMU's drivers (block/*.c, each with its magic); all stand at the file's start.
    private static readonly (string Magic, string Format, bool IsReadOnly)[] s_heads =
    [
        ("KDMV", "vmdk", false), ("COWD", "vmdk", false), ("# Disk DescriptorFile", "vmdk", false), ("vhdxfile", "vhdx", false), ("conectix", "vpc", false),
        ("QED\0", "qed", false), ("WithoutFreeSpace", "parallels", false), ("WithouFreSpacExt", "parallels", false), ("Bochs Virtual HD Image", "bochs", true),
        ("#!/bin/sh\n#V2.0 Format\nmodprobe cloop", "cloop", true), ("LUKS\xba\xbe", "luks", false),
    ];

    /// <summary>Looks at an image.</summary>
    public static DriveImage Open(string file)
    {
        string path = System.IO.Path.GetFullPath(file);
        try
        {
            bool readOnly = !IsWritable(path);
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] head = new byte[HeadBytes];
            int length = stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
            byte[] trailer = new byte[TrailerBytes];
            if (stream.Length >= TrailerBytes)
            {
                stream.Seek(-TrailerBytes, SeekOrigin.End);
                stream.ReadExactly(trailer);
            }
            (string format, bool onlyRead) = FormatOf(head.AsSpan(0, length), trailer);
            return format == "luks"
                ? throw new RigException($"{path} is encrypted (LUKS); open it with cryptsetup, and attach what that gives.")
                : new DriveImage(path, format, readOnly || onlyRead);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new RigException($"The disk image {path} cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Tells a format by its magic.</summary>
    /// <param name="head">The file's first bytes.</param>
    /// <param name="trailer">Its last 512.</param>
    private static (string Format, bool IsReadOnly) FormatOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> trailer)
    {
        // docs/interop/qcow2.txt: the version follows the magic; 1 is the older qcow.
        if (head.Length >= 8 && head.StartsWith((ReadOnlySpan<byte>)[(byte)'Q', (byte)'F', (byte)'I', 0xfb]))
            return (BinaryPrimitives.ReadUInt32BigEndian(head[4..]) == 1 ? "qcow" : "qcow2", false);
        foreach ((string magic, string format, bool readOnly) in s_heads)
        {
            if (head.StartsWith(Encoding.Latin1.GetBytes(magic)))
                return (format, readOnly);
        }
        // block/vdi.c: VDI_SIGNATURE behind 64 bytes of text.
        const int VdiSignatureAt = 64;
        const uint VdiSignature = 0xbeda107f;
        if (head.Length >= VdiSignatureAt + 4 && BinaryPrimitives.ReadUInt32LittleEndian(head[VdiSignatureAt..]) == VdiSignature)
            return ("vdi", false);
        // A VHD of fixed size has its footer only; a DMG its trailer.
        if (trailer.StartsWith("conectix"u8))
            return ("vpc", false);
        return trailer.StartsWith("koly"u8) ? ("dmg", true) : ("raw", false);
    }

    private static bool IsWritable(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (Exception refusal) when (refusal is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
