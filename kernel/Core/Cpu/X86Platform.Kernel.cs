using System;
using System.Runtime;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Power;
using Guest.Core.Time;

namespace Guest.Core.Cpu;

/// <summary>An x86-64 machine of its own: real, or a hardware virtual machine under KVM or QEMU.</summary>
public sealed unsafe class X86Platform : Platform
{
    private const int UnhandledLimit = 1000;

    private static readonly Duration s_stormPollingInterval = Duration.FromMilliseconds(1);

    private static X86Platform? s_instance;

    private readonly PathCounters _apicCounters = new("apic");
    private readonly PathCounters _consoleCounters = new("console");
    private readonly Uart16550 _uart;
    private readonly InterruptTable _interrupts = new();
    private readonly InterruptLines _lines;
    private PageTables? _pageTables;
    private LocalApic? _apic;
    private AcpiPower? _power;
    private Clock? _clock;
    private CounterScale _tscScale;
    private CounterScale _apicScale;
    private ulong _tscAtEntry;
    private DeviceMappings? _devices;
    private Instant _timerDue = Instant.Never;
    private int _timerVector;
    private int _unhandled;
    private bool _lineSilenced;

    /// <summary>A machine of which only the console works yet; <see cref="Start"/> does the rest.</summary>
    /// <param name="tscAtEntry">The time-stamp counter when the kernel was entered: <see cref="Instant.Zero"/>.</param>
    public X86Platform(ulong tscAtEntry)
    {
        s_instance = this;
        _tscAtEntry = tscAtEntry;
        _lines = new InterruptLines(_interrupts);
        _uart = new Uart16550(OpenPorts(Uart16550.Com1, _consoleCounters));
    }

    /// <inheritdoc/>
    public override string Name => "x86";

    /// <inheritdoc/>
    public override Instant Now => _clock!.Now;

    /// <inheritdoc/>
    public override long UtcNanosecondsAtZero => _clock!.UtcNanosecondsAtZero;

    /// <inheritdoc/>
    public override PageTables PageTables => _pageTables!;

    /// <summary>The counts of the interrupt controllers and the timer.</summary>
    public PathCounters InterruptCounters => _apicCounters;

    /// <summary>Takes the machine over from the loader: page tables, descriptor tables, interrupt controllers, time.</summary>
    /// <param name="memory">The usable memory, which the direct map will cover.</param>
    /// <param name="acpiRoot">The physical address of ACPI's root pointer, or 0.</param>
    /// <param name="clock">The hypervisor's clock where it offers one, else null: the time-stamp counter is used.</param>
    /// <param name="tscPerSecond">The time-stamp counter's ticks in a second by that clock, else 0: somebody else tells, or they are measured.</param>
    public void Start(ReadOnlySpan<MemoryRange> memory, ulong acpiRoot, Clock? clock, ulong tscPerSecond)
    {
        _pageTables = X86Memory.TakeOver(memory);
        _devices = new DeviceMappings(_pageTables, default(ProcessorIdentity));
        MaskLegacyControllers();
        _apic = new LocalApic(this, _apicCounters);
        AddIoApic(IoApic.DefaultAddress, 0);
        Acpi? acpi = Acpi.TryOpen(this, acpiRoot);
        _power = AcpiPower.TryOpen(this, acpi);
        StartTime(clock, new X86Frequencies(this, _apic, acpi, _power), tscPerSecond);
        _power?.ConnectButton();
        if (TryConnectLine(Uart16550.Com1Line, new ConsoleInterrupt(_uart), _consoleCounters))
            _uart.EnableReceiveInterrupt();
    }

    /// <inheritdoc/>
    public override void Idle(Instant deadline)
    {
        if (_lineSilenced)
            deadline = Instant.Earlier(deadline, Now + s_stormPollingInterval);
        if (!ArmTimer(deadline))
            return;
        ulong before = X86.ReadTsc();
        X86.HaltOnce();
        IdleTicks += (long)(X86.ReadTsc() - before);
    }

    /// <inheritdoc/>
    public override void TakePending()
    {
        // A line that nobody serves stays raised: as many as there are vectors, and no more.
        int left = InterruptTable.Vectors;
        while (left > 0 && X86.TakeInterrupt())
            left--;
    }

    /// <inheritdoc/>
    public override void WriteConsole(ReadOnlySpan<byte> bytes) => _uart.Write(bytes);

    /// <inheritdoc/>
    public override int ReadConsole()
    {
        int value = _uart.Read();
        if (value < 0)
            _uart.EnableReceiveInterrupt();
        return value;
    }

    /// <inheritdoc/>
    public override void Shutdown(ShutdownReason reason, int exitCode) => X86End.Run(reason, exitCode, _power);

    /// <inheritdoc/>
    public override nuint MapDevice(ulong address, ulong length) => _devices!.TryMap(address, length);

    /// <inheritdoc/>
    public override void UnmapDevice(nuint mapped, ulong length) => _devices!.Unmap(mapped, length);

    /// <inheritdoc/>
    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => new PortWindow(first, counters);

    /// <inheritdoc/>
    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) => new MemoryWindow(mapped, counters);

    /// <inheritdoc/>
    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message)
    {
        int vector = _interrupts.TryAllocate();
        message = new MessageInterrupt(_apic!.MessageAddress, (uint)vector);
        if (vector < 0)
            return false;
        _interrupts.Connect(vector, handler, counters);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) =>
        _lines.TryConnect(line, handler, counters, (uint)(_apic!.MessageAddress >> 12 & 0xff));

    /// <inheritdoc/>
    public override void Disconnect(IInterruptHandler handler)
    {
        for (int vector = _interrupts.Disconnect(handler); vector != 0; vector = _interrupts.Disconnect(handler))
        {
            if (vector > 0)
                _lines.Release(vector);
        }
    }

    /// <inheritdoc/>
    public override void AddIoApic(ulong address, int firstLine)
    {
        if (!_lines.Has(firstLine))
            _lines.TryAdd(new IoApic(OpenMemory(MapDevice(address, 4096), _apicCounters)), firstLine);
    }

    [RuntimeExport("interrupt_entered")]
    private static void InterruptEntered(int vector)
    {
        // On another platform (a Xen PVH domain) an interrupt only ends a halt; what it was for is found afterwards.
        s_instance?.OnInterrupt(vector);
    }

    [RuntimeExport("exception_entered")]
    private static void ExceptionEntered(ExceptionFrame* frame) => Panic.OnException(ref *frame, X86.FaultAddress());

    private static void MaskLegacyControllers()
    {
        X86.Out8(0x21, 0xff);
        X86.Out8(0xa1, 0xff);
    }

    private void OnInterrupt(int vector)
    {
        if (vector == _timerVector)
            _timerDue = Instant.Never;
        else if (_interrupts.Dispatch(vector))
            _unhandled = 0;
        else if (++_unhandled >= UnhandledLimit)
            SilenceLine(vector);
        _apic!.EndOfInterrupt();
    }

    /// <summary>A line that nobody owns up to would interrupt for ever: it is masked, and its devices are polled by time.</summary>
    private void SilenceLine(int vector)
    {
        _unhandled = 0;
        int line = _lines.Mask(vector);
        if (line < 0)
            return;
        _lineSilenced = true;
        Log.Warn("apic", $"interrupt line {line} stays raised and no driver owns up to it: masked, its devices are polled every millisecond");
    }

    /// <summary>Sees to it that an interrupt comes no later than <paramref name="deadline"/>. A timer that is due earlier already is left
    /// alone: setting it costs an exit, an interrupt that finds nothing to do is rare.</summary>
    /// <returns>False if the deadline has passed.</returns>
    private bool ArmTimer(Instant deadline)
    {
        if (deadline >= _timerDue || deadline.IsNever)
            return true;
        Instant now = Now;
        if (deadline <= now)
            return false;
        long wait = (deadline - now).Nanoseconds;
        if (_apic!.HasTscDeadline)
        {
            _timerDue = deadline;
            LocalApic.StartTimerAtTsc(X86.ReadTsc() + _tscScale.ToTicks(wait));
            return true;
        }

        ulong ticks = _apicScale.ToTicks(wait) + 1;
        if (ticks > uint.MaxValue)
        {
            ticks = uint.MaxValue;
            wait = _apicScale.ToNanoseconds(ticks);
        }

        _timerDue = now + new Duration(wait);
        _apic.StartTimer((uint)ticks);
        return true;
    }

    private void StartTime(Clock? clock, X86Frequencies frequencies, ulong told)
    {
        bool found = frequencies.TryFind(told, out ulong tscPerSecond, out ulong apicPerSecond);
        _apic!.StartTimer(0);
        if (!found)
            Panic.Die("no timer of known frequency answers (PM timer, HPET, 8254), and no hypervisor tells: the clock cannot be set");
        _tscScale = new CounterScale(tscPerSecond);
        _apicScale = apicPerSecond == 0 ? default : new CounterScale(apicPerSecond);
        _clock = clock ?? new TscClock(_tscAtEntry, _tscScale);
        _timerVector = _interrupts.TryAllocate();
        _apic.ConnectTimer(_timerVector);
    }

    /// <summary>A typed byte woke the machine; the run loop reads it, and then lets the port interrupt again.</summary>
    private sealed class ConsoleInterrupt(Uart16550 uart) : IInterruptHandler
    {
        public bool OnInterrupt()
        {
            uart.DisableInterrupts();
            ConsoleInput.Typed();
            return true;
        }
    }
}
