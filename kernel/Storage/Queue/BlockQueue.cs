using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>What stands between clients and a disk's driver, once for all drivers: it checks requests, splits those that are longer
/// than the device's limits, keeps those for which the device has no room, counts traffic, runs the clock, and submits
/// again what a reset threw out.</summary>
/// <remarks>
/// Requests in flight have no order among themselves; a flush covers the writes that had completed when it was submitted. Every request
/// ends: with the device's answer, or after <see cref="MaxAttempts"/> attempts of <see cref="AttemptTimeout"/>
/// each (and up to a quarter more; longer while the device answers others, <see cref="BlockFlight.FindLate"/>), or when the device is gone, or
/// has been away or taken nothing at all for <see cref="AwayTimeout"/>. Its client is told from <see cref="Poll"/>, whatever the end.
/// </remarks>
public sealed partial class BlockQueue : IPollable
{
    /// <summary>How often a device is given a request, resets between, before the request fails.</summary>
    public const int MaxAttempts = 3;

    /// <summary>What a device usually may take over one request. A host whose own disk is busy takes seconds.</summary>
    public static Duration UsualTimeout => Duration.FromSeconds(10);

    private const int BurstSize = 32;

    /// <summary>How often in <see cref="AttemptTimeout"/> the queue looks for requests that are late.</summary>
    private const int LooksForLate = 8;

    private readonly IBlockDevice _device;
    private readonly Platform _platform;
    private readonly PathCounters _counters;
    private readonly BlockRequest[] _submitting = new BlockRequest[BurstSize];
    private readonly BlockRequest[] _completing = new BlockRequest[BurstSize];
    private BlockSplitter _splitter;
    private readonly BlockFlight _inFlight = new();
    private readonly Timer _poll;
    private BlockRequestList _tooLong;
    private BlockRequestFifo _ready;

    /// <summary>Requests that ended, of which their clients are still to be told.</summary>
    private BlockRequestFifo _ended;
    private BlockLimits _limits;
    private long _capacity;
    private PlainTransfers _plain;
    private Instant _nextLook;
    private Instant _lastProgress;
    private long _burstsAtLook;
    private Instant _awayDeadline = Instant.Never;
    private bool _polling;

    /// <summary>Puts a queue before a device, whose limits must have no <see cref="BlockLimits.Problem"/>.</summary>
    public BlockQueue(IBlockDevice device, Platform platform)
        : this(device, platform, splitter: null)
    {
    }

    /// <summary>Puts a queue before a device, with the parts for longer requests that another had before.</summary>
    internal BlockQueue(IBlockDevice device, Platform platform, BlockSplitter? splitter)
    {
        Debug.Assert(device.Limits.Problem is null, "a driver offers a disk that cannot be");
        _device = device;
        _platform = platform;
        _poll = new Timer(platform.Processor.Timers);
        _counters = device.Counters;
        _limits = device.Limits;
        _capacity = _limits.Capacity;
        _plain = new PlainTransfers(_limits);
        _splitter = splitter ?? new BlockSplitter(_limits);
    }

    /// <summary>How long a device may take over one request.</summary>
    public Duration AttemptTimeout { get; init; } = UsualTimeout;

    /// <summary>How long requests wait for a device that is <see cref="BlockDeviceState.Away"/>: as long as for one that does not answer.</summary>
    public Duration AwayTimeout => new(AttemptTimeout.Nanoseconds * MaxAttempts);

    /// <summary>The disk.</summary>
    public IBlockDevice Device => _device;

    /// <summary>The time on the clock that the queue goes by.</summary>
    public Instant Now => _platform.Now;

    /// <summary>Requests that the device has now.</summary>
    public int InFlight => _inFlight.Count;

    private BlockProgress Progress => new(_lastProgress, _counters[PathEvent.Received] + _counters[PathEvent.Sent], _limits.Depth);

    private bool SomeWait
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_ready.Count | _tooLong.Count | _ended.Count) != 0;
    }

    /// <summary>Takes requests, all of them: what the device has no room for waits its turn. No client is told of anything before this
    /// returns: those that ask for what cannot be end at the next <see cref="Poll"/>.</summary>
    /// <param name="burst">Requests of the caller's.</param>
    /// <param name="client">Who is told of each completion.</param>
    /// <param name="more">True if another call follows at once: the device need not be told yet.</param>
    public void Submit(ReadOnlySpan<BlockRequest> burst, BlockClient client, bool more = false)
    {
        BlockLimits limits = _device.Limits;
        if (limits != _limits || limits.Capacity != _capacity)
        {
            if (IsClosed)
            {
                Refuse(burst, client);
                return;
            }

            Adopt(limits);
        }

        if (!_polling && !SomeWait)
        {
            int taken = SubmitPlain(burst, client, more);
            if (taken == burst.Length && taken != 0)
                return;
            burst = burst[taken..];
        }

        SubmitClosely(burst, client, limits, more);
    }

    /// <inheritdoc/>
    public bool Poll(Instant now)
    {
        _polling = true;
        Reap();
        bool again = now >= _nextLook && LookForLate(now);
        if (SomeWait)
            again |= ServeWaiting(now);
        else
            _awayDeadline = Instant.Never;
        _polling = false;
        return again;
    }

    /// <inheritdoc/>
    public bool Arm()
    {
        // Not at each request: one that is late is found while the machine is busy, too, by the time of its passes.
        if ((_inFlight.Count | _ready.Count) != 0)
            _poll.StartBy(_nextLook);
        return _ended.Count == 0 && _device.Arm();
    }

    /// <summary>Looks at each request of a burst: all that <see cref="SubmitPlain"/> did not deal with.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SubmitClosely(ReadOnlySpan<BlockRequest> burst, BlockClient client, BlockLimits limits, bool more)
    {
        foreach (BlockRequest request in burst)
        {
            Debug.Assert(request.Status != BlockStatus.Pending, "a request is submitted that is already");
            request.Client = client;
            request.Attempts = 0;
            Sort(request, limits);
        }

        // A client that submits from within a completion is served at the end of that poll: one notification for all. Where nothing of this
        // burst reaches the device, it may still have to be told of what came before.
        if (!_polling && !Push(limits, more) && !more)
            _device.Submit(default, more: false);
    }

    /// <summary>Has a request wait for what is to be done with it, or ends it if that cannot be done.</summary>
    private void Sort(BlockRequest request, BlockLimits limits)
    {
        BlockStatus status = BlockChecks.Check(request, limits);
        bool fits = status != BlockStatus.Pending || BlockChecks.Fits(request, limits);
        if (!fits && request.Whole is not null)
            status = BlockStatus.DeviceError; // the disk came back with smaller limits, and a part has no parts
        if (status != BlockStatus.Pending)
            End(request, status);
        else if (fits)
            Wait(request);
        else
            WaitForParts(request);
    }

    /// <summary>Goes by other limits from now on: a disk was resized, or a back end came back that offers less. What waits is looked at anew.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Adopt(BlockLimits limits)
    {
        _limits = limits;
        _capacity = limits.Capacity;
        _plain = new PlainTransfers(limits);
        for (int waiting = _ready.Count; waiting > 0 && _ready.TakeFirst() is { } request; waiting--)
            Sort(request, limits);
        BlockRequest? next = _tooLong.First;
        while (next is { } whole)
        {
            next = whole.Next;
            BlockStatus status = BlockChecks.Check(whole, limits);
            if (status != BlockStatus.Pending)
                EndWhole(whole, status);
        }
    }

    /// <summary>Gives the device at once what it can take as it stands, from the front of a burst, while nothing else waits. What
    /// the device has no room for waits.</summary>
    /// <returns>How many requests were dealt with.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SubmitPlain(ReadOnlySpan<BlockRequest> burst, BlockClient client, bool more)
    {
        int plain = 0;
        for (; plain < burst.Length; plain++)
        {
            BlockRequest request = burst[plain];
            if (!_plain.Include(request))
                break;
            Debug.Assert(request.Status != BlockStatus.Pending, "a request is submitted that is already");
            if (request.Client != client || request.Flight != _inFlight)
                Introduce(request, client);
            request.Attempts = 1;
            request.Since = BlockRequest.JustNow;
            request.Status = BlockStatus.Pending;
        }

        if (plain == 0)
            return 0;
        int taken = _device.Submit(burst[..plain], more);
        _inFlight.Count += taken;
        if (taken != plain)
            KeepWaiting(burst[taken..plain]);
        return plain;
    }

    /// <summary>Notes whose a request is, and that the device may now have it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Introduce(BlockRequest request, BlockClient client)
    {
        request.Client = client;
        _inFlight.Enter(request);
    }

    /// <summary>Resets the device if it has had a request for too long.</summary>
    /// <returns>Whether it was reset.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool LookForLate(Instant now)
    {
        _nextLook = now + new Duration(AttemptTimeout.Nanoseconds / LooksForLate);
        if (_counters[PathEvent.Burst] != _burstsAtLook)
        {
            _burstsAtLook = _counters[PathEvent.Burst];
            _lastProgress = now;
        }

        if (_inFlight.Count == 0 || _inFlight.FindLate(now, AttemptTimeout, Progress) is not { } late)
            return false;
        Log.Warn(_device.Name, $"no answer to {Name(late.Operation)} at byte {late.Offset}: reset, attempt {late.Attempts}");
        _device.Reset();
        Reap();
        _burstsAtLook = _counters[PathEvent.Burst]; // what a reset throws out is no progress
        return true;
    }

    private static string Name(BlockOperation operation) => operation switch
    {
        BlockOperation.Read => "a read",
        BlockOperation.Write => "a write",
        BlockOperation.Flush => "a flush",
        BlockOperation.Discard => "a discard",
        _ => "writing zeroes",
    };
}
