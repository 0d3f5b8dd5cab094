using System;
using System.Buffers.Binary;
using System.IO;

namespace Guest.Integration.Tests.Disk;

/// <summary>An image in QEMU's qcow2 format (its docs/interop/qcow2.txt), version 2, empty at first. What a guest writes to it is found by way of tables that
/// QEMU keeps in its memory until a flush: a QEMU that is killed loses what was not flushed, as a machine does whose power fails.</summary>
internal static class Qcow2Image
{
    private const int ClusterBits = 16;
    private const int ClusterSize = 1 << ClusterBits;
    private const int HeaderSize = 72;
    private const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;

    // One cluster each, in this order: header, reference count table, reference counts, first-level table.
    private const int MetadataClusters = 4;

    /// <summary>Makes an empty image of less than 512 MiB: of that size a first-level table has one entry.</summary>
    public static void Create(string path, int bytes)
    {
        byte[] image = new byte[MetadataClusters * ClusterSize];
        Span<byte> header = image.AsSpan(0, HeaderSize);
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649fb); // "QFI" and fb
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt32BigEndian(header[20..], ClusterBits);
        BinaryPrimitives.WriteUInt64BigEndian(header[24..], (ulong)bytes);
        BinaryPrimitives.WriteUInt32BigEndian(header[36..], 1);
        BinaryPrimitives.WriteUInt64BigEndian(header[40..], 3 * ClusterSize);
        BinaryPrimitives.WriteUInt64BigEndian(header[48..], ClusterSize);
        BinaryPrimitives.WriteUInt32BigEndian(header[56..], 1);
        BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(ClusterSize), 2 * ClusterSize);
        for (int i = 0; i < MetadataClusters; i++)
            BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan((2 * ClusterSize) + (i * 2)), 1);
        File.WriteAllBytes(path, image);
    }

    /// <summary>Reads the disk's content through the tables that are in the file.</summary>
    public static byte[] Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        byte[] disk = new byte[BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(24))];
        int second = Pointer(file, 3 * ClusterSize);
        for (int at = 0; second != 0 && at < disk.Length; at += ClusterSize)
        {
            int cluster = Pointer(file, second + (at / ClusterSize * 8));
            if (cluster != 0)
                file.AsSpan(cluster, Math.Min(ClusterSize, disk.Length - at)).CopyTo(disk.AsSpan(at));
        }

        return disk;
    }

    private static int Pointer(byte[] file, int at) => (int)(BinaryPrimitives.ReadUInt64BigEndian(file.AsSpan(at)) & OffsetMask);
}
