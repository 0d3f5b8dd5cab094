using System;
using System.IO;
using System.Security.Cryptography;
using DiskJobs;

namespace Guest.Integration.Tests.Disk;

/// <summary>A raw disk image of random content, beside a model in memory of what it should hold: what the jobs of apps/Disk do to the
/// image is done to the model by the same formulas, and then the two are compared byte for byte.</summary>
internal sealed class DiskImage : IDisposable
{
    private readonly byte[] _model;

    /// <summary>Makes an image.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="seed">Chooses the content.</param>
    public DiskImage(int bytes, int seed = 20_261_127)
    {
        _model = new byte[bytes];
        new Random(seed).NextBytes(_model);
        File.WriteAllBytes(Path, _model);
    }

    /// <summary>The file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"guest-disk-{Guid.NewGuid():n}.img");

    /// <summary>The SHA-256 of the image's first bytes as the model has them, as apps/Disk prints it.</summary>
    public string Hash(int length) => Convert.ToHexStringLower(SHA256.HashData(_model.AsSpan(0, length)));

    /// <summary>Bytes of the model, to be changed together with the file: see <see cref="Save"/>.</summary>
    public Span<byte> Model => _model;

    /// <summary>Does to the model what the job <c>write</c> does.</summary>
    public void Write(int offset, int length, long seed) => Pattern.Fill(_model.AsSpan(offset, length), offset, seed);

    /// <summary>Does to the model what the job <c>randwrite</c> does over the whole disk, or of <c>randrw</c> the writes.</summary>
    public void WriteRandomly(int block, int count, long seed, bool oddOnly = false)
    {
        ulong random = (ulong)seed;
        for (int i = 0; i < count; i++)
        {
            random = Pattern.Mix(random);
            int at = (int)(random % (ulong)(_model.Length / block));
            if (!oddOnly || (at & 1) != 0)
                Write(at * block, block, seed);
        }
    }

    /// <summary>Writes the model to the file, before a guest has it.</summary>
    public void Save() => File.WriteAllBytes(Path, _model);

    /// <summary>Asserts that the file holds what the model does.</summary>
    public void AssertAsModel() => AssertAsModel(File.ReadAllBytes(Path));

    /// <summary>Asserts that a disk's content, however it was read, is the model's.</summary>
    public void AssertAsModel(ReadOnlySpan<byte> content)
    {
        Assert.Equal(_model.Length, content.Length);
        int same = content.CommonPrefixLength(_model);
        Assert.True(same == content.Length, $"the disk first differs from what it should hold at byte {same}");
    }

    public void Dispose() => File.Delete(Path);
}
