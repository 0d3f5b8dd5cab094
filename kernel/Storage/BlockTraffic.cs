using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;

namespace Guest.Storage;

/// <summary>The data that a burst of completed requests moved, counted at the burst's end.</summary>
internal struct BlockTraffic
{
    private int _reads;
    private int _writes;
    private long _bytesRead;
    private long _bytesWritten;

    /// <summary>Adds a request that succeeded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(BlockRequest request)
    {
        if (request.Operation == BlockOperation.Read)
        {
            _reads++;
            _bytesRead += request.Length;
        }
        else if (request.Operation == BlockOperation.Write)
        {
            _writes++;
            _bytesWritten += request.Length;
        }
    }

    /// <summary>Counts what was added, and forgets it.</summary>
    public void CountTo(PathCounters counters)
    {
        if (_reads != 0)
        {
            counters.Count(PathEvent.Received, _reads);
            counters.Count(PathEvent.ReceivedBytes, _bytesRead);
        }

        if (_writes != 0)
        {
            counters.Count(PathEvent.Sent, _writes);
            counters.Count(PathEvent.SentBytes, _bytesWritten);
        }

        this = default;
    }
}
