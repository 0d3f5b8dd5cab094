using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>What stands between clients and a disk's driver, once for all drivers: it checks requests, splits those that are longer
/// than the device's limits, keeps those for which the device has no room, counts traffic, resets a device that does not answer, and gives it
/// again the requests that came back because of a reset.</summary>
/// <remarks>
/// Requests in flight have no order among themselves; a flush covers the writes that had completed when it was submitted. Every request
/// ends: with the device's answer, or after <see cref="MaxAttempts"/> attempts of <see cref="AttemptTimeout"/>
/// each (and up to a quarter more; longer while the device answers others, <see cref="BlockFlight.FindLate"/>), or when the device is gone, or
/// has been away or taken nothing at all for <see cref="AwayTimeout"/>. Its client is told from <see cref="Poll"/>, whatever the end.
/// </remarks>
public sealed partial class BlockQueue : IPollable
{
    /// <summary>How often a device is given a request, resets between, before the request fails.</summary>
    public const int MaxAttempts = RetryPolicy.MaxAttempts;

    /// <summary>What a device usually may take over one request. A host whose own disk is busy takes seconds.</summary>
    public static Duration UsualTimeout => Duration.FromSeconds(10);

    private const int BurstSize = 32;

    private readonly IBlockDevice _device;
    private readonly Platform _platform;
    private readonly PathCounters _counters;
    private readonly BlockRequest[] _completing = new BlockRequest[BurstSize];
    private readonly BlockFlight _inFlight = new();
    private BlockSplitter _splitter;
    private BlockLimits _limits;
    private long _capacity;
    private PlainTransfers _plain;
    private BlockTimeouts _timeouts;
    private WaitingRequests _waiting = new();
    private EndedRequests _ended;
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
        _timeouts = new BlockTimeouts(new Timer(platform.Processor.Timers));
        _counters = device.Counters;
        _limits = device.Limits;
        _capacity = _limits.Capacity;
        _plain = new PlainTransfers(_limits);
        _splitter = splitter ?? new BlockSplitter(_limits);
    }

    /// <summary>How long a device may take over one request.</summary>
    public Duration AttemptTimeout
    {
        get => _timeouts.Attempt;
        init => _timeouts.Attempt = value;
    }

    /// <summary>How long requests wait for a device that is <see cref="BlockDeviceState.Away"/>: as long as for one that does not answer.</summary>
    public Duration AwayTimeout => _timeouts.Away;

    /// <summary>The disk.</summary>
    public IBlockDevice Device => _device;

    /// <summary>The time on the clock that the queue goes by.</summary>
    public Instant Now => _platform.Now;

    /// <summary>Requests that the device has now.</summary>
    public int InFlight => _inFlight.Count;

    private bool SomeWait
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_waiting.ReadyCount | _waiting.TooLongCount | _ended.Count) != 0;
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

            ChangeLimits(limits);
        }

        if (!_polling && !SomeWait)
        {
            int taken = SubmitPlain(burst, client, more);
            if (taken == burst.Length && taken != 0)
                return;
            burst = burst[taken..];
        }

        SubmitSlow(burst, client, limits, more);
    }

    /// <inheritdoc/>
    public bool Poll(Instant now)
    {
        _polling = true;
        TakeCompleted();
        bool again = _timeouts.IsLookDue(now) && ResetIfLate(now);
        if (SomeWait)
            again |= ServeWaiting(now);
        else
            _timeouts.EndAway();
        _polling = false;
        return again;
    }

    /// <inheritdoc/>
    public bool Arm()
    {
        // Not at each request: one that is late is found while the machine is busy, too, by the time of its passes.
        if ((_inFlight.Count | _waiting.ReadyCount) != 0)
            _timeouts.WakeForLook();
        return _ended.Count == 0 && _device.Arm();
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
                SetOwner(request, client);
            request.Attempts = 1;
            request.Since = BlockRequest.NotSeenYet;
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
    private void SetOwner(BlockRequest request, BlockClient client)
    {
        request.Client = client;
        _inFlight.Enter(request);
    }

    /// <summary>Has requests wait for which the device had no room.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void KeepWaiting(ReadOnlySpan<BlockRequest> untaken)
    {
        foreach (BlockRequest request in untaken)
        {
            request.Attempts = 0;
            _waiting.Append(request);
        }

        EndIfGone();
    }

    /// <summary>Looks at each request of a burst: all that <see cref="SubmitPlain"/> did not deal with.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SubmitSlow(ReadOnlySpan<BlockRequest> burst, BlockClient client, BlockLimits limits, bool more)
    {
        foreach (BlockRequest request in burst)
        {
            Debug.Assert(request.Status != BlockStatus.Pending, "a request is submitted that is already");
            request.Client = client;
            request.Attempts = 0;
            Enqueue(request, limits);
        }

        // A client that submits from within a completion is served at the end of that poll: one notification for all. Where nothing of this
        // burst reaches the device, it may still have to be told of what came before.
        if (!_polling && !SubmitWaiting(limits, more) && !more)
            _device.Submit(default, more: false);
    }

    /// <summary>Has a request wait until the device takes it, whole or in parts; ends it if there is nothing that the device can be asked.</summary>
    private void Enqueue(BlockRequest request, BlockLimits limits)
    {
        BlockStatus status = BlockChecks.Check(request, limits);
        bool fits = status != BlockStatus.Pending || BlockChecks.Fits(request, limits);
        if (!fits && request.Whole is not null)
            status = BlockStatus.DeviceError; // the disk came back with smaller limits, and a part has no parts
        if (status != BlockStatus.Pending)
            End(request, status);
        else if (fits)
            _waiting.Append(request);
        else
            _waiting.AppendTooLong(request);
    }

    /// <summary>Tells clients what ended, gives the device what it has room for, and ends what has waited for too long.</summary>
    /// <returns>Whether clients may have submitted more since.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ServeWaiting(Instant now)
    {
        _ended.TellClients();
        BlockLimits limits = _device.Limits;
        if (limits != _limits || limits.Capacity != _capacity)
            ChangeLimits(limits);
        SubmitWaiting(limits, more: false);
        if (_waiting.IsEmpty || (_inFlight.Count != 0 && _device.State == BlockDeviceState.Ready))
            _timeouts.EndAway();
        else if (_timeouts.IsAwayTooLong(now))
            EndWaiting(BlockStatus.TimedOut);
        if (_ended.Count == 0)
            return false;
        _ended.TellClients();
        return true;
    }

    /// <summary>Gives the device as much as it takes of what waits.</summary>
    /// <returns>Whether it took any.</returns>
    private bool SubmitWaiting(BlockLimits limits, bool more)
    {
        bool untold = false;
        bool any = false;
        int room;
        while ((room = limits.Depth - _inFlight.Count) > 0)
        {
            ReadOnlySpan<BlockRequest> burst = _waiting.TakeBurst(_splitter, limits, room);
            if (burst.Length == 0)
                break;
            bool last = _waiting.IsEmpty || burst.Length == room;
            int taken = _device.Submit(burst, more || !last);
            untold = !more && !last;
            any |= taken != 0;
            NoteStarted(burst[..taken]);
            if (taken == burst.Length)
                continue;
            _waiting.PutBack(burst[taken..]);
            break;
        }

        if (untold)
            _device.Submit(default, more: false);
        EndIfGone();
        return any;
    }

    /// <summary>Notes what the device has taken of what waited.</summary>
    private void NoteStarted(ReadOnlySpan<BlockRequest> taken)
    {
        foreach (BlockRequest request in taken)
        {
            if (request.Flight != _inFlight)
                _inFlight.Enter(request);
            request.Attempts++;
            request.Since = BlockRequest.NotSeenYet;
        }

        _inFlight.Count += taken.Length;
    }

    /// <summary>Ends what waits for a device that will never take it: nothing else may come that this queue would be polled for. While the device has
    /// requests, their end comes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndIfGone()
    {
        if (_inFlight.Count == 0 && _waiting.ReadyCount != 0 && _device.State == BlockDeviceState.Gone)
            EndWaiting(BlockStatus.Gone);
    }

    private void EndWaiting(BlockStatus status)
    {
        while (_waiting.TakeReady() is { } request)
            End(request, status);
        while (_waiting.FirstTooLong is { } whole)
            EndWhole(whole, status);
    }

    /// <summary>Goes by other limits from now on: a disk was resized, or a back end came back that offers less. What waits is looked at anew.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ChangeLimits(BlockLimits limits)
    {
        _limits = limits;
        _capacity = limits.Capacity;
        _plain = new PlainTransfers(limits);
        for (int left = _waiting.ReadyCount; left > 0 && _waiting.TakeReady() is { } request; left--)
            Enqueue(request, limits);
        BlockRequest? next = _waiting.FirstTooLong;
        while (next is { } whole)
        {
            next = whole.Next;
            BlockStatus status = BlockChecks.Check(whole, limits);
            if (status != BlockStatus.Pending)
                EndWhole(whole, status);
        }
    }

    /// <summary>Resets the device if it has had a request for too long.</summary>
    /// <returns>Whether it was reset.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ResetIfLate(Instant now)
    {
        if (_timeouts.FindLate(now, _inFlight, _counters, _limits.Depth) is not { } late)
            return false;
        Log.Warn(_device.Name, $"no answer to {Name(late.Operation)} at byte {late.Offset}: reset, attempt {late.Attempts}");
        _device.Reset();
        TakeCompleted();
        _timeouts.NoteReset(_counters);
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
