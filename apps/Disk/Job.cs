using System;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Storage;

namespace DiskJobs;

/// <summary>Runs one job and prints its line.</summary>
internal sealed class Job
{
    private readonly Disk _disk;
    private readonly JobOptions _options;
    private readonly BlockOperation _operation;
    private readonly bool _movesData;
    private readonly bool _isMixed;
    private readonly bool _isRandom;
    private readonly bool _verifies;
    private readonly bool _fills;
    private readonly bool _isCounted;
    private readonly long _offset;
    private readonly long _block;
    private readonly long _length;
    private readonly long _blocks;
    private readonly long _wholeBlocks;
    private readonly long[] _before = new long[PathCounters.Kinds];
    private readonly IncrementalHash? _hash;
    private ulong _random;
    private long _started;
    private long _ended;
    private long _bytes;
    private long _errors;
    private BlockStatus _firstError;
    private long _differsAt = -1;

    public Job(Disk disk, JobOptions options)
    {
        _disk = disk;
        _options = options;
        _operation = options.Name switch
        {
            "write" or "randwrite" => BlockOperation.Write,
            "flush" => BlockOperation.Flush,
            "discard" => BlockOperation.Discard,
            "zero" => BlockOperation.WriteZeroes,
            _ => BlockOperation.Read,
        };
        _movesData = _operation is BlockOperation.Read or BlockOperation.Write;
        _isMixed = options.Name == "randrw";
        _isRandom = options.IsRandom;
        _verifies = options.Verifies;
        _fills = options.Fills;
        _isCounted = options.Count >= 0;
        _offset = options.Offset;
        _block = options.Block;
        _length = options.Length >= 0 ? options.Length : Math.Max(disk.Length - options.Offset, 0);
        long all = (_length + options.Block - 1) / options.Block;
        _blocks = _operation == BlockOperation.Flush ? 1 : options.Count >= 0 ? options.Count : all;
        _wholeBlocks = Math.Max(_length / _block, 1);
        _hash = options.Name == "hash" ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        _random = (ulong)options.Seed;
    }

    /// <summary>Runs it.</summary>
    /// <returns>Whether every request succeeded and all data was as expected.</returns>
    public bool Run()
    {
        // A hash needs its data in order, and requests may end in any.
        int depth = (int)Math.Min(_hash is null ? _options.Depth : 1, Math.Max(_blocks, 1));
        BlockRequest[] requests = new BlockRequest[depth];
        BlockSegment[] buffers = new BlockSegment[depth];
        for (int i = 0; i < depth; i++)
        {
            buffers[i] = _movesData ? Disk.AllocateBuffer((int)_options.Block) : default;
            requests[i] = new BlockRequest { ClientTag = i };
        }

        for (int kind = 0; kind < PathCounters.Kinds; kind++)
            _before[kind] = _disk.Counters[(PathEvent)kind];
        Instant start = _disk.Now;
        Loop(requests, buffers);
        Print(_disk.Now - start);
        return _errors == 0 && _differsAt < 0;
    }

    private void Loop(BlockRequest[] requests, BlockSegment[] buffers)
    {
        // Whatever is free is at the front of the array, of which the rest does not matter.
        int free = requests.Length;
        while (free != 0)
        {
            int ready = (int)Math.Min(free, _blocks - _started);
            for (int i = 0; i < ready; i++)
                Prepare(requests[i], buffers);
            if (ready != 0)
                _disk.Submit(requests.AsSpan(0, ready));
            free = _disk.Wait(requests);
            for (int i = 0; i < free; i++)
                Finish(requests[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prepare(BlockRequest request, BlockSegment[] buffers)
    {
        long block = _started++;
        if (_isRandom)
        {
            _random = Pattern.Mix(_random);
            block = (long)(_random % (ulong)_wholeBlocks);
        }

        long at = block * _block;
        long length = _isCounted ? _block : Math.Min(_block, _length - at);
        // Of a mixed load nothing is read that another request may be writing.
        request.Operation = _isMixed && (block & 1) != 0 ? BlockOperation.Write : _operation;
        request.Offset = _offset + at;
        if (request.Length != length)
            SetLength(request, length, buffers);
        if (_fills && request.Operation == BlockOperation.Write && (length & 7) == 0)
            Pattern.Fill(request.Segments[0].Bytes, request.Offset, _options.Seed);
    }

    /// <summary>Fits a request's memory, if it has any, to its length: once, and once more for the last block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetLength(BlockRequest request, long length, BlockSegment[] buffers)
    {
        request.ClearMemory();
        if (_movesData)
            request.SetMemory(buffers[request.ClientTag].Slice(0, (int)length));
        else if (_operation != BlockOperation.Flush)
            request.Length = length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(BlockRequest request)
    {
        _ended++;
        if (request.Status != BlockStatus.Ok)
        {
            if (_errors++ == 0)
                _firstError = request.Status;
            return;
        }

        _bytes += request.Length;
        if (_hash is not null)
            _hash.AppendData(request.Segments[0].Bytes);
        else if (_verifies && request.Operation == BlockOperation.Read)
            Verify(request);
    }

    private void Verify(BlockRequest request)
    {
        int difference = Pattern.FindDifference(request.Segments[0].Bytes, request.Offset, _options.Seed);
        if (difference >= 0 && _differsAt < 0)
            _differsAt = request.Offset + difference;
    }

    private void Print(Duration time)
    {
        JsonLine line = new();
        line.Add("job", _options.Name);
        line.Add("disk", _disk.DeviceName);
        line.Add("requests", _ended);
        line.Add("bytes", _bytes);
        line.Add("block", _options.Block);
        line.Add("depth", _options.Depth);
        line.Add("errors", _errors);
        if (_errors != 0)
            line.Add("firstError", Describe(_firstError));
        if (_differsAt >= 0)
            line.Add("differsAt", _differsAt);
        if (_hash is not null)
        {
            Span<byte> hash = stackalloc byte[32];
            _hash.GetHashAndReset(hash);
            line.AddHex("sha256", hash);
        }

        line.Add("microseconds", time.Microseconds);
        for (int kind = 0; kind < PathCounters.Kinds; kind++)
        {
            long cost = _disk.Counters[(PathEvent)kind] - _before[kind];
            if (cost != 0)
                line.Add(PathEventNames.Of((PathEvent)kind).DiskTotal, cost);
        }

        line.Print();
    }

    private static string Describe(BlockStatus status) => status switch
    {
        BlockStatus.DeviceError => "device error",
        BlockStatus.OutOfRange => "out of range",
        BlockStatus.Unaligned => "unaligned",
        BlockStatus.ReadOnly => "read-only",
        BlockStatus.Unsupported => "unsupported",
        BlockStatus.TimedOut => "timed out",
        BlockStatus.NoSpace => "no space",
        BlockStatus.Gone => "gone",
        _ => "unknown",
    };
}
