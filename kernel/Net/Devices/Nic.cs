using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Net.Devices;

/// <summary>What the drivers of network chips share: who the device is, what it costs, and what happens to one that misbehaves.</summary>
/// <remarks>
/// A chip that breaks its own rules is stopped, said so on the console, counted, and started anew: at once the first time, then
/// after pauses that double up to a second, until it has behaved for a while. One whose interrupts tell of nothing is masked, and polled by
/// time for a second. Neither can stop the machine.
/// </remarks>
public abstract class Nic : INetworkDevice, IInterruptHandler
{
    /// <summary>How many interrupts in a row may find nothing before they are a storm.</summary>
    public const int StormThreshold = InterruptStorm.Threshold;

    private static readonly Duration s_starvedPoll = Duration.FromMilliseconds(1);

    private readonly Platform _platform;
    private readonly Timer _poll;
    private RestartPace _restart;
    private InterruptStorm _storm;
    private TransmitWatchdog _watchdog = new();

    /// <summary>Whether something was being sent at the last look, or the chip must be looked at for another reason.</summary>
    private bool _watched;
    private bool _linkUp;

    /// <summary>Takes a claimed device; <see cref="Begin"/> starts it.</summary>
    protected Nic(Platform platform, RegisterWindow registers, PacketPool pool, PathCounters counters)
    {
        _platform = platform;
        _poll = new Timer(platform.Processor.Timers);
        Registers = registers;
        Pool = pool;
        Counters = counters;
    }

    /// <inheritdoc/>
    public string Name => Counters.Name;

    /// <inheritdoc/>
    public MacAddress Address { get; protected set; }

    /// <inheritdoc/>
    public int Mtu => NicFrame.DefaultMtu;

    /// <inheritdoc/>
    public abstract NetworkOffloads Offloads { get; }

    /// <inheritdoc/>
    public bool LinkUp => _linkUp && Running;

    /// <inheritdoc/>
    public PathCounters Counters { get; }

    /// <summary>When <see cref="Receive"/> must be called even if nothing interrupts: a watchdog, or a restart that is due.</summary>
    public Instant Deadline => _poll.Deadline;

    /// <summary>Whether the chip is started; while it is not, nothing but <see cref="TryRestart"/> may touch it.</summary>
    protected bool Running { get; private set; }

    /// <summary>Whether the chip is kept from interrupting for a while: registers that are read in an interrupt must be read by polls.</summary>
    protected bool IsPolledByTime => _storm.IsOn;

    /// <summary>The chip's registers.</summary>
    protected RegisterWindow Registers { get; }

    /// <summary>Where buffers for arrivals come from.</summary>
    protected PacketPool Pool { get; private set; }

    /// <summary>Takes another pool, for a chip that has come where this one was; <see cref="Begin"/> starts it.</summary>
    /// <returns>False if the pool is larger or smaller than the one before: rings are made to its measure.</returns>
    public bool TryReturn(PacketPool pool)
    {
        if (pool.Count != Pool.Count)
            return false;
        Pool = pool;
        OnPoolChanged();
        return true;
    }

    /// <summary>Starts the chip, which has no history.</summary>
    /// <returns>False, with the reason on the console, if it cannot be started: there is no device then.</returns>
    public bool Begin()
    {
        if (!TryStart())
            return false;
        _restart.Reset();
        OnStarted(_platform.Now);
        return true;
    }

    /// <inheritdoc/>
    public abstract int Transmit(ReadOnlySpan<PacketBuffer> burst, bool more);

    /// <inheritdoc/>
    public abstract int Receive(Span<PacketBuffer> burst);

    /// <inheritdoc/>
    public bool Arm()
    {
        if (!Running)
            return true;
        FeedReceiver();
        return !HasWork();
    }

    /// <inheritdoc/>
    public void Withdraw()
    {
        Running = false;
        _poll.Stop();
        Stop();
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        if (!Acknowledge())
            return false;
        if (_storm.CountInterrupt())
            MaskInterrupts();
        return true;
    }

    /// <summary>Resets the chip, reads its address and programs it, with empty rings, then lets it interrupt. Every wait has an end.</summary>
    /// <returns>False, with the reason on the console, if the chip does not come up.</returns>
    protected abstract bool TryStart();

    /// <summary>Keeps the chip from memory and takes back every buffer.</summary>
    protected abstract void Stop();

    /// <summary>Goes by the new <see cref="Pool"/>, of a chip that is stopped.</summary>
    protected virtual void OnPoolChanged()
    {
    }

    /// <summary>Quiets the chip in an interrupt.</summary>
    /// <returns>Whether it was this chip that interrupted.</returns>
    protected abstract bool Acknowledge();

    /// <summary>Keeps the chip from interrupting.</summary>
    protected abstract void MaskInterrupts();

    /// <summary>Lets it again.</summary>
    protected abstract void UnmaskInterrupts();

    /// <summary>Whether <see cref="Receive"/> would find something.</summary>
    protected abstract bool HasWork();

    /// <summary>Before the machine may idle: brings a ring that is short of buffers those that the pool has, as <see cref="INetworkDevice.Arm"/>
    /// demands. Nothing to do for a chip that keeps arrivals in memory of its own.</summary>
    protected virtual void FeedReceiver()
    {
    }

    /// <summary>Whether the oldest frame that the chip was told of, and not taken back, is still to be sent: it must be within two seconds,
    /// whatever became of those behind it.</summary>
    protected abstract bool IsSending();

    /// <summary>Takes back what was sent.</summary>
    /// <returns>The position of the oldest frame that was not; it changes with progress.</returns>
    protected abstract uint FollowSending();

    /// <summary>Asks the chip whether there is a link, and notes it with <see cref="SetLink"/>.</summary>
    protected abstract void ReadLink();

    /// <summary>Notes whether frames can pass; the interface that polls says it on the console.</summary>
    protected void SetLink(bool up) => _linkUp = up;

    /// <summary>Refuses what the chip did: counted, told, and the chip is stopped until <see cref="TryRestart"/>.</summary>
    protected void Refuse(string what)
    {
        Counters.Count(PathEvent.Violation);
        Instant now = _platform.Now;
        Duration pause = _restart.OnStopped(now);
        Log.Warn(Name, $"{what}; resetting in {pause.Milliseconds} ms");
        Running = false;
        Stop();
        _poll.Start(_restart.RestartAt);
        if (_restart.RestartAt <= now)
            TryRestart();
    }

    /// <summary>Starts a chip that was stopped, when the time has come.</summary>
    protected void TryRestart()
    {
        Instant now = _platform.Now;
        if (now < _restart.RestartAt)
            return;
        Counters.Count(PathEvent.Reset);
        if (!TryStart())
        {
            _restart.OnFailedStart(_platform.Now);
            _poll.Start(_restart.RestartAt);
            return;
        }

        OnStarted(now);
        Log.Info(Name, $"running again");
    }

    /// <summary>Notes that frames arrived: interrupts were about something.</summary>
    protected void NoteArrivals(int frames, long bytes)
    {
        _storm.NoteWork();
        Counters.Count(PathEvent.Burst);
        Counters.Count(PathEvent.Received, frames);
        Counters.Count(PathEvent.ReceivedBytes, bytes);
    }

    /// <summary>Notes that frames were handed to the chip.</summary>
    protected void NoteSent(int frames, long bytes, uint descriptors)
    {
        Counters.Count(PathEvent.Descriptor, descriptors);
        Counters.Count(PathEvent.Sent, frames);
        Counters.Count(PathEvent.SentBytes, bytes);
    }

    /// <summary>Drops an arrival that is longer than any the card is for: on a link that carries longer frames for others this is nobody's
    /// fault.</summary>
    protected void CountOversized()
    {
        _storm.NoteWork();
        Counters.Count(PathEvent.Overrun);
    }

    /// <summary>Has the chip polled before long: every buffer is being sent, no arrival can interrupt, and nor does a frame that is sent.</summary>
    protected void PollSoon()
    {
        _watched = true; // the poll sets the deadline anew
        _poll.StartBy(_platform.Now + s_starvedPoll);
    }

    /// <summary>Looks after the chip in a pass that found no arrivals, of which there is one at least every fifty milliseconds while there is
    /// traffic; nearly free of cost where nothing is being sent and nothing is wrong.</summary>
    protected void Supervise()
    {
        if (_watched || _storm.IsOn || IsSending())
            Watch();
    }

    /// <summary>Waits, up to a bound, until bits of a register of 32 bits, or of 8, have a value.</summary>
    protected bool WaitFor(int register, uint mask, uint value, Duration bound, bool wide = true)
    {
        if (Reads(register, mask, value, wide))
            return true;
        Instant end = _platform.Now + bound;
        while (_platform.Now < end)
        {
            if (Reads(register, mask, value, wide))
                return true;
        }

        return false;
    }

    /// <summary>Lets time pass: for the rare waits that a datasheet prescribes.</summary>
    protected void Pause(Duration time)
    {
        Instant end = _platform.Now + time;
        while (_platform.Now < end)
        {
        }
    }

    /// <summary>Drops a frame to send that the card cannot: no stack that knows its MTU makes one.</summary>
    protected void Discard(PacketBuffer frame)
    {
        Counters.Count(PathEvent.Overrun);
        frame.Release();
    }

    /// <summary>Notes that the chip was started.</summary>
    private void OnStarted(Instant now)
    {
        Running = true;
        _poll.Stop();
        _restart.OnStarted(now);
        _storm = default;
        _watchdog.Stop();
        _watched = false;
        ReadLink();
    }

    private bool Reads(int register, uint mask, uint value, bool wide) =>
        ((wide ? Registers.Read32(register) : Registers.Read8(register)) & mask) == value;

    private void Watch()
    {
        uint oldest = FollowSending();
        _watched = IsSending();
        if (!Running)
            return; // refused just now: the restart is due
        Instant now = _platform.Now;
        Instant hung = _watched ? _watchdog.Follow(now, oldest, _linkUp) : Instant.Never;
        if (hung <= now)
        {
            Refuse("transmitter hung");
            return;
        }

        if (!_watched)
            _watchdog.Stop();
        _poll.Start(_storm.IsOn ? Instant.Earlier(hung, WatchStorm(now)) : hung);
    }

    /// <returns>When the chip, which is kept from interrupting, is to be polled next.</returns>
    private Instant WatchStorm(Instant now)
    {
        Instant next = _storm.Watch(now, out bool isNew);
        if (isNew)
        {
            Counters.Count(PathEvent.Violation);
            Log.Warn(Name, $"{StormThreshold} interrupts about nothing; polling for a second");
        }
        else if (next.IsNever)
        {
            UnmaskInterrupts();
        }

        return next;
    }
}
