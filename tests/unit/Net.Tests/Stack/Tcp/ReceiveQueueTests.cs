using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>What a receiver keeps where memory is short.</summary>
public sealed class ReceiveQueueTests
{
    private readonly PacketPool _pool = new(32);
    private ReceiveQueue _queue;

    [Fact]
    public void Of_merged_segments_as_many_are_kept_as_there_is_room_for()
    {
        PacketBuffer merged = Chain(16, 100);
        Assert.False(_queue.TryAdd(merged, 1600, _pool, 0));

        Assert.Equal(800, _queue.AddFront(merged, _pool));

        Assert.Equal((800, 8), (_queue.Length, _queue.Buffers));
        Assert.Equal(_pool.Count - 8, _pool.Available);
        _queue.Clear();
        Assert.Equal((_pool.Count, _pool.KeepLimit), (_pool.Available, _pool.KeepRoom));
    }

    [Fact]
    public void Without_any_room_the_buffers_stay_the_callers()
    {
        Assert.True(_pool.TryKeep(0, _pool.KeepRoom / 2) && _pool.TryKeep(0, _pool.KeepRoom / 2) && _pool.TryKeep(0, _pool.KeepRoom));
        PacketBuffer merged = Chain(4, 100);
        Assert.Equal(0, _queue.AddFront(merged, _pool));
        merged.Release();
        Assert.Equal(_pool.Count, _pool.Available);
    }

    private PacketBuffer Chain(int buffers, int bytesEach)
    {
        PacketBuffer first = _pool.TryTake()!;
        first.Length = bytesEach;
        PacketBuffer last = first;
        for (int i = 1; i < buffers; i++)
        {
            last.Next = _pool.TryTake()!;
            last = last.Next;
            last.Length = bytesEach;
        }

        return first;
    }
}
