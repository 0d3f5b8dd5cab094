using System;

namespace Guest.Storage;

/// <summary>The requests that wait until a device has room for them: those that it can take as they are, and those that are split first.</summary>
internal struct WaitingRequests()
{
    private const int BurstSize = 32;

    private readonly BlockRequest[] _burst = new BlockRequest[BurstSize];
    private BlockRequestFifo _ready;
    private BlockRequestList _tooLong;

    /// <summary>How many the device can take as they are.</summary>
    public readonly int ReadyCount => _ready.Count;

    /// <summary>How many have parts to be made of them.</summary>
    public readonly int TooLongCount => _tooLong.Count;

    /// <summary>Whether none waits.</summary>
    public readonly bool IsEmpty => (_ready.Count | _tooLong.Count) == 0;

    /// <summary>The oldest of those that are to be split; <see cref="BlockRequest.Next"/> leads to the others.</summary>
    public readonly BlockRequest? FirstTooLong => _tooLong.First;

    /// <summary>Appends a request that the device can take as it is.</summary>
    public void Append(BlockRequest request)
    {
        request.SetWaiting();
        _ready.Append(request);
    }

    /// <summary>Appends a request that is longer than the device's limits.</summary>
    public void AppendTooLong(BlockRequest request)
    {
        request.SetWaiting();
        BlockSplitter.Begin(request);
        _tooLong.Append(request);
    }

    /// <summary>Takes the next request that the device can take as it is, or null.</summary>
    public BlockRequest? TakeReady() => _ready.TakeFirst();

    /// <summary>Makes no more parts of a request.</summary>
    public void RemoveTooLong(BlockRequest request) => _tooLong.Remove(request);

    /// <summary>Takes the next requests for the device, and makes parts of those that are too long as far as it needs them. A request must leave
    /// the list before the device takes it, which may put it into a list of its own.</summary>
    /// <param name="splitter">What makes parts.</param>
    /// <param name="limits">The device's.</param>
    /// <param name="room">How many the device has room for.</param>
    /// <returns>A few at a time, in an array that the next call uses again.</returns>
    public ReadOnlySpan<BlockRequest> TakeBurst(BlockSplitter splitter, BlockLimits limits, int room)
    {
        while (_ready.Count < BurstSize && _tooLong.First is { } whole && splitter.TryMakePart(whole, limits, out BlockRequest? part))
        {
            if (BlockSplitter.IsAllInParts(whole))
                _tooLong.Remove(whole);
            Append(part!);
        }

        int most = Math.Min(room, BurstSize);
        int count = 0;
        while (count < most && _ready.TakeFirst() is { } request)
            _burst[count++] = request;
        return new ReadOnlySpan<BlockRequest>(_burst, 0, count);
    }

    /// <summary>Puts requests that the device did not take back to where they were: they are the next.</summary>
    public void PutBack(ReadOnlySpan<BlockRequest> untaken)
    {
        for (int i = untaken.Length - 1; i >= 0; i--)
            _ready.PutBack(untaken[i]);
    }
}
