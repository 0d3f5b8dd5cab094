using System;
using System.Buffers.Binary;
using Guest.Storage.Partitions;
using Guest.Storage.Tests.Partitions;

namespace Guest.Fuzz.Inputs;

/// <summary>A disk with a table of one of several kinds, and bytes that are written over it: the first byte says which, then for each change
/// where (sector, place in it), how many bytes, and those. Sums are made right again where the input's second byte says so.</summary>
internal sealed class PartitionTarget() : InputTarget("partitions", "partition tables, MBR and GPT")
{
    private const int Sectors = 256;
    private const int SectorSize = 512;
    private const int MostReads = 4 * Sectors;

    public override byte[][] Words => ["EFI PART"u8.ToArray(), [0x55, 0xaa], [0xee], [0x0f], [0x05], [0x83]];

    public override byte[][] Seeds =>
    [
        [0, 0], [1, 0], [2, 0], [3, 0], [2, 1, 1, 72, 0, 8, 9, 0, 0, 0, 0, 0, 0, 0], [4, 0], [2, 1, 2, 32, 0, 8, 80, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0xc2, 1, 1, 0x83],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        InputReader reader = new(input);
        TableImage image = Image(reader.Byte());
        bool mends = reader.Byte() != 0;
        while (!reader.AtEnd)
        {
            int sector = reader.Byte();
            int place = reader.Word() % SectorSize;
            ReadOnlySpan<byte> bytes = reader.Take(Math.Min((int)reader.Byte(), SectorSize - place));
            bytes.CopyTo(image.Bytes.AsSpan((sector * SectorSize) + place));
        }

        if (mends)
        {
            MakeSumsRight(image, 1);
            MakeSumsRight(image, Sectors - 1);
        }

        CountingReader disk = new(image);
        PartitionTable table = PartitionTable.Read(disk);
        Assert.InRange(table.Partitions.Length, 0, PartitionTable.MaxPartitions);
        long size = (long)Sectors * SectorSize;
        foreach (Partition partition in table.Partitions)
        {
            Assert.InRange(partition.Start, 0, size - 1);
            Assert.InRange(partition.Length, 1, size - partition.Start);
            Assert.True(table.TryFind(partition.Number, out Partition found) && found.Number == partition.Number);
        }
    }

    private static TableImage Image(int kind) => (kind % 5) switch
    {
        0 => new TableImage(Sectors),
        1 => new TableImage(Sectors).Entry(0, 0, 0x83, 8, 20).Entry(0, 1, 0x05, 64, 100).Entry(64, 0, 0x83, 4, 10).Entry(64, 1, 0x05, 40, 60).Entry(104, 0, 0x83, 4, 10),
        2 => new TableImage(Sectors).Gpt((64, 100), (101, 120)),
        3 => new TableImage(Sectors / 2).Gpt((64, 80)).As(Sectors),
        _ => new TableImage(2 * Sectors).Gpt((64, 100)).As(Sectors),
    };

    private static void MakeSumsRight(TableImage image, int sector)
    {
        Span<byte> header = image.Bytes.AsSpan(sector * SectorSize, SectorSize);
        ulong array = BinaryPrimitives.ReadUInt64LittleEndian(header[72..]);
        ulong bytes = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(header[80..]) * BinaryPrimitives.ReadUInt32LittleEndian(header[84..]);
        if (array < Sectors && bytes <= ((ulong)Sectors - array) * SectorSize)
            BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc32.Of(image.Bytes.AsSpan((int)array * SectorSize, (int)bytes)));
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 0);
        if (length is >= 20 and <= SectorSize)
            BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Of(header[..(int)length]));
    }

    private sealed class CountingReader(TableImage image) : ISectorReader
    {
        private int _reads;

        public int SectorSize => image.SectorSize;

        public long Sectors => image.Sectors;

        public bool TryRead(long sector, Span<byte> bytes)
        {
            Assert.True(++_reads <= MostReads, "sectors are read without end");
            return image.TryRead(sector, bytes);
        }
    }
}
