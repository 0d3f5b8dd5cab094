using System;
using FsCheck.Xunit;
using Guest.Core.Diagnostics;
using Guest.Net.Tests.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Wire;

public sealed class InternetChecksumTests
{
    private readonly PathCounters _counters = new("test");

    [Fact]
    public void Example_of_RFC_1071()
    {
        // RFC 1071, 3: the words 0001 f203 f4f5 f6f7 sum to ddf2.
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Assert.Equal(0xddf2, new BigEndian16(InternetChecksum.Fold(InternetChecksum.Sum(_counters, bytes))).Value);
    }

    [Property]
    public void Sum_equals_the_sum_by_the_book(byte[] bytes) =>
        Assert.Equal(Frames.Sum(bytes), new BigEndian16(InternetChecksum.Fold(InternetChecksum.Sum(_counters, bytes))).Value);

    [Property]
    public void Sum_of_every_length_and_alignment_equals_the_sum_by_the_book(int seed)
    {
        byte[] bytes = new byte[300];
        new Random(seed).NextBytes(bytes);
        for (int start = 0; start < 8; start++)
        {
            for (int length = 0; length <= 210; length++)
            {
                ReadOnlySpan<byte> part = bytes.AsSpan(start, length);
                Assert.Equal(Frames.Sum(part), new BigEndian16(InternetChecksum.Fold(InternetChecksum.Sum(_counters, part))).Value);
            }
        }
    }

    [Fact]
    public void Carries_of_long_sums_come_back_in()
    {
        byte[] ones = new byte[64 * 1024];
        ones.AsSpan().Fill(0xff);

        // From a sum that is as large as those of other pieces may be.
        ulong sum = InternetChecksum.Sum(_counters, ones, uint.MaxValue * 65_536UL);
        Assert.Equal(InternetChecksum.Good, InternetChecksum.Fold(sum));
        ones[^1] = 0xfe;
        Assert.Equal(0xffff - 0x0001, new BigEndian16(InternetChecksum.Fold(InternetChecksum.Sum(_counters, ones))).Value);
    }

    [Property]
    public void Update_equals_summing_anew(ushort changed, ushort after, ushort other)
    {
        byte[] before = [(byte)changed, (byte)(changed >> 8), (byte)other, (byte)(other >> 8), 1, 2];
        byte[] then = [(byte)after, (byte)(after >> 8), (byte)other, (byte)(other >> 8), 1, 2];
        BigEndian16 checksum = BigEndian16.From((ushort)~Frames.Sum(before));
        BigEndian16 updated = InternetChecksum.Update(checksum, new(changed), new(after));
        Assert.Equal((ushort)~Frames.Sum(then), updated.Value);
    }

    [Property]
    public void A_sum_is_good_exactly_if_it_folds_to_all_ones(ulong sum)
    {
        Assert.Equal(sum != 0 && InternetChecksum.Fold(sum) == InternetChecksum.Good, sum != 0 && InternetChecksum.IsGood(sum));
        ulong rightened = sum - (sum % InternetChecksum.Good);
        Assert.True(rightened == 0 || (InternetChecksum.IsGood(rightened) && InternetChecksum.Fold(rightened) == InternetChecksum.Good));
    }

    [Fact]
    public void Every_byte_is_counted()
    {
        InternetChecksum.Sum(_counters, new byte[33]);
        Assert.Equal(33, _counters[PathEvent.SummedBytes]);
    }
}
