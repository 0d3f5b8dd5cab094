using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Guest.Pv.Xen;

/// <summary>The front end's half of a ring of requests and responses on shared pages (io/ring.h). Requests and responses take turns
/// in the same slots.</summary>
/// <remarks>
/// This moves indices, very carefully, and knows nothing of what they mean. The obligation of its user: a slot is filled before
/// <see cref="Publish"/>, and a response is copied out once and judged by the copy. The page must stay valid for the ring's life.
/// Indices grow without wrapping at the ring's size; the low bits choose the slot.
/// </remarks>
/// <typeparam name="TRequest">What this side writes.</typeparam>
/// <typeparam name="TResponse">What the back end writes.</typeparam>
public unsafe struct FrontRing<TRequest, TResponse>
    where TRequest : unmanaged
    where TResponse : unmanaged
{
    private const int HeaderSize = 64;
    private const int PageSize = 4096;

    private uint* _page;
    private uint _published;
    private uint _mask;

    /// <summary>The next request's index.</summary>
    public uint RequestProducer;

    /// <summary>The next response's index.</summary>
    public uint ResponseConsumer;

    /// <summary>The slots on the pages: the largest power of two that fits.</summary>
    public readonly int Size
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)_mask + 1;
    }

    /// <summary>Bytes in a slot: a constant once it is inlined.</summary>
    private static int SlotSize
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(TRequest) > sizeof(TResponse) ? sizeof(TRequest) : sizeof(TResponse);
    }

    private readonly ref uint SharedRequestProducer => ref _page[0];

    private readonly ref uint RequestEvent => ref _page[1];

    private readonly ref uint SharedResponseProducer => ref _page[2];

    private readonly ref uint ResponseEvent => ref _page[3];

    /// <summary>How many more requests fit.</summary>
    public readonly int Free => Size - (int)Waiting;

    /// <summary>How many requests, published or not, have had no response taken.</summary>
    public readonly uint Waiting
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => RequestProducer - ResponseConsumer;
    }

    /// <summary>How many responses the back end claims; only <see cref="TryCount"/> tells whether it may be believed.</summary>
    public readonly uint Answered
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref SharedResponseProducer) - ResponseConsumer;
    }

    /// <summary>Whether no response is there.</summary>
    public readonly bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Answered == 0;
    }

    /// <summary>Starts a ring on a zeroed page, or on several in a row.</summary>
    public void Initialize(byte* page, int pages = 1)
    {
        _page = (uint*)page;
        _mask = (1u << BitOperations.Log2((uint)(((pages * PageSize) - HeaderSize) / SlotSize))) - 1;
        _published = 0;
        RequestProducer = 0;
        ResponseConsumer = 0;
        SharedRequestProducer = 0;
        SharedResponseProducer = 0;
        RequestEvent = 1;
        ResponseEvent = 1;
    }

    /// <summary>The slot of a request, to be filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref TRequest Request(uint index) =>
        ref *(TRequest*)((byte*)_page + HeaderSize + ((index & _mask) * (uint)SlotSize));

    /// <summary>Copies a response out of its slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TResponse Response(uint index) =>
        Unsafe.ReadUnaligned<TResponse>((byte*)_page + HeaderSize + ((index & _mask) * (uint)SlotSize));

    /// <summary>Shows the back end every request up to <see cref="RequestProducer"/>.</summary>
    /// <returns>Whether it asked to be told of one of them.</returns>
    public bool Publish()
    {
        uint old = _published;
        _published = RequestProducer;
        Volatile.Write(ref SharedRequestProducer, RequestProducer);
        // The back end writes its wish and then looks at the producer; this side does the two in the other order.
        Interlocked.MemoryBarrier();
        return RequestProducer - Volatile.Read(ref RequestEvent) < RequestProducer - old;
    }

    /// <summary>Whether requests wait for <see cref="Publish"/>.</summary>
    public readonly bool HasUnpublished => _published != RequestProducer;

    /// <summary>Looks for responses.</summary>
    /// <param name="count">How many lie between <see cref="ResponseConsumer"/> and the back end's producer.</param>
    /// <returns>False if the back end claims more responses than there were requests.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TryCount(out int count)
    {
        uint available = Answered;
        count = (int)available;
        return available <= _published - ResponseConsumer;
    }

    /// <summary>Asks to be told when <paramref name="more"/> further responses are there, and looks once more.</summary>
    /// <returns>Whether that many are there already.</returns>
    public readonly bool Arm(uint more = 1)
    {
        Volatile.Write(ref ResponseEvent, ResponseConsumer + more);
        Interlocked.MemoryBarrier();
        return Answered >= more;
    }
}
