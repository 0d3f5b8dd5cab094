using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

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
    public const int StormThreshold = 1000;

    /// <summary>The shortest frame on the wire without its check sequence (IEEE 802.3, 3.2.8).</summary>
    protected const int MinimumFrame = 60;

    /// <summary>The longest frame that is for a card here, in bytes: an MTU of 1,500 and a VLAN tag (IEEE 802.1Q), without the check
    /// sequence.</summary>
    protected const int LongestFrame = HeaderLength + 4 + DefaultMtu;

    /// <summary>The most pieces that a frame to send may have: what 64 KiB take in pages, and one for headers.</summary>
    protected const int MostPieces = 18;

    private const int DefaultMtu = 1500;

    /// <summary>An Ethernet header: the shortest frame that any driver passes on.</summary>
    protected const int HeaderLength = 14;

    private static readonly Duration s_hangTime = Duration.FromSeconds(2);
    private static readonly Duration s_stormPause = Duration.FromSeconds(1);
    private static readonly Duration s_stormPoll = Duration.FromMilliseconds(10);
    private static readonly Duration s_goodBehaviour = Duration.FromSeconds(10);
    private static readonly Duration s_longestPause = Duration.FromSeconds(1);
    private static readonly Duration s_starvedPoll = Duration.FromMilliseconds(1);

    private readonly Platform _platform;
    private readonly Timer _poll;
    private Duration _pause;
    private Instant _startedAt;
    private Instant _restartAt;
    private Instant _quietUntil;
    private Instant _stalledSince = Instant.Never;
    private uint _stalledAt;
    private int _fruitless;
    private bool _stormy;
    private bool _watched;
    private bool _quiet;
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
    public int Mtu => DefaultMtu;

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
    protected bool IsPolledByTime => _stormy;

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
        _pause = Duration.Zero;
        GoOn(_platform.Now);
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
        if (++_fruitless == StormThreshold)
        {
            _stormy = true;
            MaskInterrupts();
        }

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
        if (_startedAt + s_goodBehaviour < now)
            _pause = Duration.Zero;
        _restartAt = now + _pause;
        Log.Warn(Name, $"{what}; resetting in {_pause.Milliseconds} ms");
        _pause = _pause.Nanoseconds == 0 ? Duration.FromMilliseconds(10) : new(Math.Min(_pause.Nanoseconds * 2, s_longestPause.Nanoseconds));
        Running = false;
        Stop();
        _poll.Start(_restartAt);
        if (_restartAt <= now)
            TryRestart();
    }

    /// <summary>Starts a chip that was stopped, when the time has come.</summary>
    protected void TryRestart()
    {
        Instant now = _platform.Now;
        if (now < _restartAt)
            return;
        Counters.Count(PathEvent.Reset);
        if (!TryStart())
        {
            _restartAt = _platform.Now + s_longestPause;
            _poll.Start(_restartAt);
            return;
        }

        GoOn(now);
        Log.Info(Name, $"running again");
    }

    /// <summary>Notes that frames arrived: interrupts were about something.</summary>
    protected void NoteArrivals(int frames, long bytes)
    {
        _fruitless = 0;
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
        _fruitless = 0;
        Counters.Count(PathEvent.Overrun);
    }

    /// <summary>Has the chip polled before long: every buffer is being sent, no arrival can interrupt, and nor does a frame that is sent.</summary>
    protected void PollSoon()
    {
        _watched = true; // the poll sets the deadline anew
        _poll.StartBy(_platform.Now + s_starvedPoll);
    }

    /// <summary>Looks after the chip in a pass that found no arrivals, of which there is one at least every ten milliseconds while there is
    /// traffic; nearly free of cost where nothing is being sent and nothing is wrong.</summary>
    protected void Supervise()
    {
        if (_watched || _stormy || IsSending())
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

    /// <summary>Makes a short frame as long as Ethernet wants, with zeroes, for chips that do not. It is then in one piece.</summary>
    protected void Pad(PacketBuffer frame)
    {
        int length = PacketLength(frame);
        if (length >= MinimumFrame)
            return;
        if (frame.Offset > PacketBuffer.Capacity - MinimumFrame)
        {
            ReadOnlySpan<byte> data = frame.Data;
            frame.Offset = PacketBuffer.Capacity - MinimumFrame;
            data.CopyTo(frame.Data);
            Counters.Count(PathEvent.CopiedBytes, data.Length);
        }

        int filled = frame.Length;
        PacketBuffer? rest = frame.Next;
        frame.Next = null;
        frame.Length = MinimumFrame;
        for (PacketBuffer? part = rest; part is not null; part = part.Next)
        {
            part.Data.CopyTo(frame.Data[filled..]);
            filled += part.Length;
            Counters.Count(PathEvent.CopiedBytes, part.Length);
        }

        frame.Data[filled..].Clear();
        rest?.Release();
    }

    /// <summary>Whether a frame in several pieces is one that a card can send: no longer than its MTU allows, and in no more than
    /// <see cref="MostPieces"/>.</summary>
    protected static bool IsSendable(PacketBuffer chain)
    {
        int pieces = 0;
        for (PacketBuffer? part = chain; part is not null && pieces <= MostPieces; part = part.Next)
            pieces++;
        return pieces <= MostPieces && PacketLength(chain) <= LongestFrame;
    }

    /// <summary>The bytes of a frame in all its pieces.</summary>
    protected static int PacketLength(PacketBuffer frame)
    {
        int length = 0;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
            length += part.Length;
        return length;
    }

    /// <summary>Drops a frame to send that the card cannot: no stack that knows its MTU makes one.</summary>
    protected void Discard(PacketBuffer frame)
    {
        Counters.Count(PathEvent.Overrun);
        frame.Release();
    }

    /// <summary>Completes in software the checksum of a frame that the chip cannot.</summary>
    protected void CompleteChecksum(PacketBuffer frame)
    {
        ulong sum = 0;
        int skip = frame.ChecksumStart;
        bool odd = false;
        for (PacketBuffer? part = frame; part is not null; part = part.Next)
        {
            ReadOnlySpan<byte> bytes = part.Data[skip..];
            skip = 0;
            ushort folded = InternetChecksum.Fold(InternetChecksum.Sum(Counters, bytes));
            sum += odd ? BinaryPrimitives.ReverseEndianness(folded) : folded; // RFC 1071, 2 (B)
            odd ^= bytes.Length % 2 != 0;
        }

        ushort checksum = (ushort)~InternetChecksum.Fold(sum);
        MemoryMarshal.Write(frame.Data[(frame.ChecksumStart + frame.ChecksumOffset)..], checksum == 0 ? ushort.MaxValue : checksum);
        frame.ChecksumStart = 0;
    }

    /// <summary>Notes that the chip was started.</summary>
    private void GoOn(Instant now)
    {
        Running = true;
        _poll.Stop();
        _startedAt = now;
        _fruitless = 0;
        _stormy = false;
        _quiet = false;
        _watched = false;
        _stalledAt = 0;
        _stalledSince = Instant.Never;
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
        Instant hung = _watched ? FindHang(now, oldest) : Instant.Never;
        if (hung <= now)
        {
            Refuse("transmitter hung");
            return;
        }

        if (!_watched)
            _stalledSince = Instant.Never;
        _poll.Start(_stormy ? Instant.Earlier(hung, WatchStorm(now)) : hung);
    }

    /// <summary>When the transmitter is to be taken for hung, if it makes no progress until then.</summary>
    private Instant FindHang(Instant now, uint oldest)
    {
        if (_stalledSince.IsNever || oldest != _stalledAt || !_linkUp)
        {
            // A chip without a link keeps its frames, and is right to.
            _stalledAt = oldest;
            _stalledSince = now;
        }

        return _stalledSince + s_hangTime;
    }

    /// <returns>When the chip, which is kept from interrupting, is to be polled next.</returns>
    private Instant WatchStorm(Instant now)
    {
        if (!_quiet)
        {
            _quiet = true;
            _quietUntil = now + s_stormPause;
            Counters.Count(PathEvent.Violation);
            Log.Warn(Name, $"{StormThreshold} interrupts about nothing; polling for a second");
        }
        else if (_quietUntil <= now)
        {
            _quiet = false;
            _stormy = false;
            _fruitless = 0;
            UnmaskInterrupts();
            return Instant.Never;
        }

        return now + s_stormPoll;
    }
}
