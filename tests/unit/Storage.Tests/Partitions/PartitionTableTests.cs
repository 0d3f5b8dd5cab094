using System;
using FsCheck.Xunit;
using Guest.Storage.Partitions;

namespace Guest.Storage.Tests.Partitions;

public class PartitionTableTests
{
    private const int Sectors = 4096;

    [Fact]
    public void The_CRC_is_the_one_that_everybody_means() => Assert.Equal(0xcbf43926u, Crc32.Of("123456789"u8));

    [Fact]
    public void A_disk_that_has_grown_is_called_that_and_its_table_is_used()
    {
        TableImage image = new TableImage(Sectors).Gpt((64, 1000)).As(2 * Sectors);

        PartitionTable table = PartitionTable.Read(image);

        Assert.Null(table.Problem);
        Assert.Equal([new Partition(1, 64 * 512, 937 * 512)], table.Partitions.ToArray());
        Assert.StartsWith("the disk has grown", table.Warning);
    }

    [Theory]
    [InlineData(512)]     // the first header: it no longer says where the second is
    [InlineData(520)]     // its version alone
    [InlineData(1024)]    // the entries
    public void Of_a_disk_that_has_grown_the_second_copy_is_found_where_the_disk_ended(int damaged)
    {
        TableImage image = new TableImage(Sectors).Gpt((64, 1000)).As(2 * Sectors);
        image.Bytes.AsSpan(damaged, damaged == 512 ? 512 : 1).Fill(0xee);

        PartitionTable table = PartitionTable.Read(image);

        Assert.Null(table.Problem);
        Assert.Equal(1, table.Partitions.Length);
        Assert.StartsWith("the disk has grown", table.Warning);
    }

    [Fact]
    public void Of_a_disk_that_has_grown_a_damaged_second_copy_is_told()
    {
        TableImage image = new TableImage(Sectors).Gpt((64, 1000)).As(2 * Sectors);
        image.Bytes[(Sectors - 1) * 512] ^= 1;

        PartitionTable table = PartitionTable.Read(image);

        Assert.Null(table.Problem);
        Assert.Contains("has grown", table.Warning);
        Assert.Contains("damaged", table.Warning);
    }

    [Fact]
    public void A_disk_that_has_become_smaller_is_called_that()
    {
        PartitionTable table = PartitionTable.Read(new TableImage(Sectors).Gpt((64, 1000)).As(Sectors / 2));

        Assert.Null(table.Problem);
        Assert.StartsWith("the disk is smaller", table.Warning);
    }

    [Theory]
    [InlineData(512, 4096)]
    [InlineData(4096, 512)]
    [InlineData(512, 2048)]
    [InlineData(2048, 1024)]
    public void A_table_that_was_written_for_other_sectors_is_said_to_be_one(int written, int actual)
    {
        TableImage image = new TableImage((1 << 21) / written, written).Gpt((64, 100)).As((1 << 21) / actual, actual);

        PartitionTable table = PartitionTable.Read(image);

        Assert.Equal($"the table was written for sectors of {written} bytes, and the disk's have {actual}", table.Problem);
        Assert.Equal(0, table.Partitions.Length);
    }

    [Fact]
    public void A_disk_without_a_table_has_no_partitions_and_no_problem()
    {
        PartitionTable table = PartitionTable.Read(new TableImage(Sectors));

        Assert.Equal(("none", null, 0), (table.Kind, table.Problem, table.Partitions.Length));
    }

    [Fact]
    public void Four_primary_partitions_have_the_numbers_of_their_entries()
    {
        PartitionTable table = PartitionTable.Read(new TableImage(Sectors).Entry(0, 0, 0x83, 64, 100).Entry(0, 3, 0x83, 1000, 24));

        Assert.Null(table.Problem);
        Assert.Equal([new Partition(1, 64 * 512, 100 * 512), new Partition(4, 1000 * 512, 24 * 512)], table.Partitions.ToArray());
    }

    [Fact]
    public void Logical_partitions_are_counted_from_five_along_their_chain()
    {
        TableImage image = new TableImage(Sectors)
            .Entry(0, 0, 0x83, 64, 100)
            .Entry(0, 1, 0x0f, 1000, 2000)
            .Entry(1000, 0, 0x83, 10, 100).Entry(1000, 1, 0x05, 500, 600)
            .Entry(1500, 0, 0x83, 10, 200);

        PartitionTable table = PartitionTable.Read(image);

        Assert.Null(table.Problem);
        Assert.Equal(
            [new Partition(1, 64 * 512, 100 * 512), new Partition(5, 1010 * 512, 100 * 512), new Partition(6, 1510 * 512, 200 * 512)],
            table.Partitions.ToArray());
        Assert.True(table.TryFind(6, out Partition found));
        Assert.Equal(1510 * 512, found.Start);
        Assert.False(table.TryFind(2, out _));
    }

    [Theory]
    [InlineData(0x83, 4000, 97, "a partition is not inside the disk")]
    [InlineData(0x83, 4096, 1, "a partition is not inside the disk")]
    [InlineData(0x83, 64, 0, "a partition is not inside the disk")]
    [InlineData(0x83, uint.MaxValue, uint.MaxValue, "a partition is not inside the disk")]
    [InlineData(0x83, 10, 100, "two partitions overlap")]
    [InlineData(0x05, 5000, 10, "the chain of logical partitions leaves its extended partition")]
    [InlineData(0x05, 3000, 10, "a sector of the chain of logical partitions has no signature")]
    public void A_wrong_MBR_entry_is_named(byte type, uint start, uint count, string problem)
    {
        PartitionTable table = PartitionTable.Read(new TableImage(Sectors).Entry(0, 0, 0x83, 64, 100).Entry(0, 1, type, start, count));

        Assert.Equal(problem, table.Problem);
        Assert.Equal(0, table.Partitions.Length);
    }

    [Fact]
    public void A_chain_that_leads_backwards_ends_there()
    {
        TableImage image = new TableImage(Sectors).Entry(0, 0, 0x05, 1000, 2000).Entry(1000, 1, 0x05, 0, 600);

        Assert.Equal("the chain of logical partitions leads backwards", PartitionTable.Read(image).Problem);
    }

    [Fact]
    public void A_boot_sector_of_a_file_system_is_not_taken_for_a_table()
    {
        TableImage image = new TableImage(Sectors).Entry(0, 0, 0x83, 64, 100);
        image.Bytes[446] = 0x12;

        Assert.Contains("no partition table", PartitionTable.Read(image).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void GPT_partitions_are_found_by_either_sector_size(int sectorSize)
    {
        PartitionTable table = PartitionTable.Read(new TableImage(Sectors, sectorSize).Gpt((100, 199), (1000, 1000)));

        Assert.Equal(("gpt", null, null), (table.Kind, table.Problem, table.Warning));
        Assert.Equal(
            [new Partition(1, 100L * sectorSize, 100L * sectorSize), new Partition(2, 1000L * sectorSize, sectorSize)],
            table.Partitions.ToArray());
    }

    [Theory]
    [InlineData(512 + 60)]
    [InlineData(1024 + 5)]
    public void A_damaged_first_copy_is_told_and_the_second_used(int at)
    {
        TableImage image = new TableImage(Sectors).Gpt((100, 199));
        image.Bytes[at] ^= 1;

        PartitionTable table = PartitionTable.Read(image);

        Assert.Null(table.Problem);
        Assert.Equal("the table's first copy is damaged, the second is used", table.Warning);
        Assert.Equal([new Partition(1, 51200, 51200)], table.Partitions.ToArray());
    }

    [Fact]
    public void A_damaged_second_copy_is_told()
    {
        TableImage image = new TableImage(Sectors).Gpt((100, 199));
        image.Bytes[((Sectors - 1) * 512) + 40] ^= 1;

        PartitionTable table = PartitionTable.Read(image);

        Assert.Equal((null, "the table's second copy is damaged"), (table.Problem, table.Warning));
    }

    [Fact]
    public void A_sector_that_cannot_be_read_is_no_partition_table()
    {
        Assert.Equal("the first sector cannot be read", PartitionTable.Read(new TableImage(Sectors) { Unreadable = 0 }).Problem);
        TableImage image = new TableImage(Sectors) { Unreadable = 2 }.Gpt((100, 199));
        Assert.Equal("the table's first copy is damaged, the second is used", PartitionTable.Read(image).Warning);
    }

    [Theory]
    [InlineData(199, 100, "a partition leaves the usable part of the disk")]
    [InlineData(10, 199, "a partition leaves the usable part of the disk")]
    [InlineData(100, 4090, "a partition leaves the usable part of the disk")]
    public void A_GPT_partition_stays_inside_the_usable_part(ulong first, ulong last, string problem) =>
        Assert.Equal(problem, PartitionTable.Read(new TableImage(Sectors).Gpt((first, last))).Problem);

    [Fact]
    public void Overlapping_GPT_partitions_are_refused() =>
        Assert.Equal("two partitions overlap", PartitionTable.Read(new TableImage(Sectors).Gpt((100, 199), (150, 300))).Problem);

    [Property(MaxTest = 2000)]
    public void Whatever_bytes_a_table_has_its_partitions_are_inside_the_disk(int seed, bool gpt, byte damage)
    {
        TableImage image = new(300);
        Random random = new(seed);
        if (gpt)
            image.Gpt((40, 60), (100, 200));
        else
            image.Entry(0, 0, 0x83, 10, 20).Entry(0, 1, 0x05, 50, 100).Entry(50, 0, 0x83, 1, 5).Entry(50, 1, 0x05, 20, 10);
        for (int i = 0; i < damage % 40; i++)
            image.Bytes[gpt ? random.Next(300 * 512) : random.Next(446, 512) + (random.Next(2) * 50 * 512)] = (byte)random.Next(256);

        PartitionTable table = PartitionTable.Read(image);

        foreach (Partition partition in table.Partitions)
            Assert.True(partition.Start >= 0 && partition.Length > 0 && partition.Start + partition.Length <= image.Bytes.Length);
    }
}
