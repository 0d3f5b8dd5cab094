using System;
using System.Linq;
using System.Security.Cryptography;
using Guest.Core.Randomness;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests.Randomness;

[Collection(nameof(Platform))]
public class RandomGeneratorTests
{
    [Fact]
    public void One_seed_gives_the_same_numbers_and_another_gives_others()
    {
        Assert.Equal(Take(new RandomGenerator(seed: 7), 1000), Take(new RandomGenerator(seed: 7), 1000));
        Assert.NotEqual(Take(new RandomGenerator(seed: 7), 1000), Take(new RandomGenerator(seed: 8), 1000));
    }

    [Fact]
    public void Numbers_come_from_blocks_whose_first_bytes_are_the_next_key()
    {
        RandomGenerator random = new();
        byte[] key = new byte[ChaCha20.KeySize];
        for (int i = 0; i < 3; i++)
        {
            byte[] blocks = new byte[2 * ChaCha20.BlockSize];
            for (int counter = 0; counter < 2; counter++)
                ChaCha20.Block(key, (uint)counter, new byte[ChaCha20.NonceSize], blocks.AsSpan(counter * ChaCha20.BlockSize));
            key = blocks[..ChaCha20.KeySize];
            Assert.Equal(blocks[ChaCha20.KeySize..], Take(random, blocks.Length - ChaCha20.KeySize));
        }
    }

    [Fact]
    public void Pieces_of_any_length_are_the_stream_that_one_call_gives()
    {
        byte[] whole = Take(new RandomGenerator(seed: 3), 5000);
        RandomGenerator random = new(seed: 3);
        byte[] pieces = [];
        for (int length = 0; pieces.Length + length <= whole.Length; length++)
            pieces = [.. pieces, .. Take(random, length)];
        Assert.Equal(whole[..pieces.Length], pieces);
    }

    [Fact]
    public void Whatever_is_mixed_in_changes_what_comes()
    {
        byte[] before = Take(new RandomGenerator(seed: 1), 64);
        for (int length = 1; length < 100; length++)
        {
            RandomGenerator random = new(seed: 1);
            byte[] mixed = new byte[length];
            mixed[^1] = 1;
            random.Mix(mixed);
            Assert.NotEqual(before, Take(random, 64));
        }
    }

    [Fact]
    public void Two_mixed_in_alike_do_not_cancel_each_other()
    {
        RandomGenerator random = new(seed: 1);
        random.Mix(99);
        random.Mix(99);
        Assert.NotEqual(Take(new RandomGenerator(seed: 1), 64), Take(random, 64));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(16)]
    public void Numbers_below_a_bound_are_spread_evenly(uint bound)
    {
        const int Draws = 100_000;
        RandomGenerator random = new(seed: 5);
        int[] drawn = new int[bound];
        for (int i = 0; i < Draws; i++)
            drawn[random.NextBelow(bound)]++;
        Assert.All(drawn, count => Assert.InRange(count, Draws / bound * 0.9, Draws / bound * 1.1));
    }

    [Theory]
    [InlineData(0x8000_0001u)]
    [InlineData(uint.MaxValue)]
    public void Bounds_near_the_end_are_kept(uint bound)
    {
        RandomGenerator random = new(seed: 5);
        for (int i = 0; i < 1000; i++)
            Assert.True(random.NextBelow(bound) < bound);
    }

    [Fact]
    public void Programs_ask_the_same_generator_by_the_name_of_the_BCL()
    {
        Platform.Install(new IdlePlatform());
        byte[] bytes = new byte[100];
        RandomNumberGenerator.Fill(bytes);
        Assert.Contains(bytes, value => value != 0);
        Assert.Equal(7, RandomNumberGenerator.GetBytes(7).Length);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(RandomNumberGenerator.GetInt32(-3, 3), -3, 2));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue), int.MinValue, int.MaxValue - 1));
        Assert.Equal(0, RandomNumberGenerator.GetInt32(1));
        Assert.Throws<ArgumentException>(() => RandomNumberGenerator.GetInt32(5, 5));
    }

    private static byte[] Take(RandomGenerator random, int length)
    {
        byte[] bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
