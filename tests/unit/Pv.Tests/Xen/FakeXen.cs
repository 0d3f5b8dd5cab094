using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Core.Memory;
using Guest.Pv;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

/// <summary>A hypervisor in the test's own process: event channels, the grant table, time, and pages by frame number. Time passes only
/// while the guest sleeps; a sleep that nothing could end fails the test.</summary>
internal sealed unsafe class FakeXen : Hypercalls
{
    [ThreadStatic]
    private static ulong s_cycles;

    private readonly Dictionary<uint, Action> _channels = [];
    private readonly Queue<Action> _whileAsleep = [];
    private readonly byte* _shared = DeviceMemory.AllocatePages(1);
    private uint _nextPort = 1;

    public FakeXen()
    {
        s_cycles = 1_000_000;
        Shared = new SharedInfo(_shared);
        Shared.Time->TscToSystemMul = 0x8000_0000;
        Shared.Time->TscShift = 1;
        Shared.Time->Version = 2;
        Machine = new FakeMachine();
        Domain = new XenDomain(Machine, this, Shared, s_cycles);
    }

    public SharedInfo Shared { get; }

    public FakeMachine Machine { get; }

    public XenDomain Domain { get; }

    public StringBuilder EmergencyConsole { get; } = new();

    /// <summary>Ports that a sleep named, the last time.</summary>
    public IReadOnlyList<uint> LastPolled { get; private set; } = [];

    public HashSet<uint> Closed { get; } = [];

    /// <summary>The port of the processor's timer, once the guest has bound it.</summary>
    public uint TimerPort { get; private set; }

    /// <summary>When the timer was last set to end, in the hypervisor's time.</summary>
    public ulong TimerDue { get; private set; }

    public bool RefusesTimers { get; set; }

    /// <summary>Makes a port, as the toolstack does for store and console, with what happens when the guest sends on it.</summary>
    public uint MakePort(Action whenSent)
    {
        _channels[_nextPort] = whenSent;
        return _nextPort++;
    }

    /// <summary>The other side binds to a port that the guest allocated.</summary>
    public void Bind(uint port, Action whenSent)
    {
        Assert.True(_channels.ContainsKey(port), $"no port {port}");
        _channels[port] = whenSent;
    }

    /// <summary>The other side sends: sets the bits as the hypervisor does.</summary>
    public void Raise(uint port)
    {
        ulong bit = 1UL << (int)(port % 64);
        ref ulong pending = ref Shared.Pending[port / 64];
        if ((pending & bit) != 0)
            return;
        pending |= bit;
        if ((Shared.Mask[port / 64] & bit) != 0)
            return;
        *Shared.PendingSelector |= 1UL << (int)(port / 64);
        *Shared.UpcallPending = 1;
    }

    /// <summary>Something that happens elsewhere while the guest sleeps.</summary>
    public void WhileAsleep(Action action) => _whileAsleep.Enqueue(action);

    public void PassTime(long nanoseconds) => s_cycles += (ulong)nanoseconds;

    protected override long Invoke(int number, ulong first, ulong second, ulong third, ulong fourth) => number switch
    {
        HypercallNumber.EventChannelOp => EventChannel(first, (uint*)second),
        HypercallNumber.SchedOp => Sched(first, (uint*)second),
        HypercallNumber.VcpuOp => SetTimer(first, second, *(ulong*)third),
        HypercallNumber.ConsoleIo => Print((int)second, (byte*)third),
        _ => -38,
    };

    private long EventChannel(ulong operation, uint* argument)
    {
        switch (operation)
        {
            case 1:
                Assert.Equal((0u, 0u), (argument[0], argument[1])); // VIRQ_TIMER, of the first processor
                argument[2] = TimerPort = MakePort(() => { });
                return 0;
            case 6:
                Assert.Equal(0x7ff0u, *argument & 0xffff);
                _channels[_nextPort] = () => { };
                argument[1] = _nextPort++;
                return 0;
            case 4:
                if (!_channels.TryGetValue(*argument, out Action? sent))
                    return -22;
                sent();
                return 0;
            case 3:
                Closed.Add(*argument);
                return _channels.Remove(*argument) ? 0 : -22;
            default:
                return -38;
        }
    }

    private long SetTimer(ulong operation, ulong processor, ulong due)
    {
        Assert.Equal((8UL, 0UL), (operation, processor)); // VCPUOP_set_singleshot_timer; 9 is the one that stops it.
        if (RefusesTimers)
            return -22;
        TimerDue = due;
        return 0;
    }

    private long Sched(ulong operation, uint* argument)
    {
        Assert.Equal(3UL, operation);
        uint* ports = *(uint**)argument;
        LastPolled = new Span<uint>(ports, (int)argument[2]).ToArray();
        ulong timeout = *(ulong*)(argument + 4);
        for (int i = 0; i < 1_000_000; i++)
        {
            if (LastPolled.Any(port => (Shared.Pending[port / 64] & (1UL << (int)(port % 64))) != 0))
                return 0;
            if (_whileAsleep.TryDequeue(out Action? action))
            {
                action();
                continue;
            }

            Assert.True(timeout != 0, "the guest sleeps for ever");
            s_cycles = Math.Max(s_cycles, timeout);
            return 0;
        }

        return 0;
    }

    private long Print(int count, byte* text)
    {
        EmergencyConsole.Append(Encoding.ASCII.GetString(text, count));
        return 0;
    }

    internal sealed class FakeMachine : XenMachine
    {
        private readonly Dictionary<nint, uint> _frames = [];
        private readonly Dictionary<uint, nint> _pages = [];
        private readonly List<nint> _grants = [];

        public override delegate*<ulong> ReadTimestamp => &Cycles;

        public int MostGrantPages { get; set; } = 4;

        public override uint FrameOf(void* page)
        {
            if (_frames.TryGetValue((nint)page, out uint frame))
                return frame;
            frame = (uint)(0x1000 + _frames.Count);
            _frames[(nint)page] = frame;
            _pages[frame] = (nint)page;
            return frame;
        }

        public override GrantEntry* MapGrantFrame(int index)
        {
            if (index >= MostGrantPages)
                return null;
            Assert.Equal(_grants.Count, index);
            _grants.Add((nint)DeviceMemory.AllocatePages(1));
            return (GrantEntry*)_grants[index];
        }

        public ref GrantEntry Entry(uint reference) =>
            ref ((GrantEntry*)_grants[(int)(reference / GrantEntry.PerPage)])[reference % GrantEntry.PerPage];

        /// <summary>The page behind a grant, checked as the hypervisor would.</summary>
        public byte* Resolve(uint reference, ushort domain, bool write)
        {
            Assert.True(reference >= 8, $"reference {reference} is the toolstack's");
            GrantEntry entry = Entry(reference);
            Assert.Equal(GrantEntry.PermitAccess, entry.FlagsAndDomain & 3);
            Assert.Equal(domain, (ushort)(entry.FlagsAndDomain >> 16));
            Assert.False(write && (entry.FlagsAndDomain & GrantEntry.ReadOnly) != 0, "read-only grant");
            return (byte*)_pages[entry.Frame];
        }

        private static ulong Cycles() => s_cycles;
    }
}
