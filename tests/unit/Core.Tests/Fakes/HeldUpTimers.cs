using System;
using Guest.Core.Cpu;

namespace Guest.Core.Tests.Fakes;

/// <summary>Timers of a machine whose processor is held up between operations, as a busy host does to it.</summary>
/// <param name="heldUp">Nanoseconds by which the operation of a number, from zero, is late.</param>
/// <param name="present">Whether there is an interval timer.</param>
internal sealed class HeldUpTimers(Func<int, long> heldUp, bool present = true) : ICalibratedTimers
{
    public const ulong TscPerSecond = 2_500_000_000;
    public const ulong ApicPerSecond = 62_500_000;

    private const long CostOfOperation = 1_000;

    private decimal _now = 1_000_000;
    private decimal _intervalStart;
    private decimal _apicStart;

    /// <summary>How many operations there were.</summary>
    public int Operations { get; private set; }

    public void StartInterval() => _intervalStart = Step();

    public ushort ReadInterval() => present ? (ushort)(0xffff - Ticks(_intervalStart, 1_193_182)) : (ushort)0xffff;

    public ulong ReadTsc() => Ticks(0, TscPerSecond);

    public void StartApic() => _apicStart = Step();

    public uint ReadApic() => uint.MaxValue - (uint)Ticks(_apicStart, ApicPerSecond);

    private ulong Ticks(decimal since, ulong perSecond) => (ulong)((Step() - since) * perSecond / 1_000_000_000);

    private decimal Step() => _now += CostOfOperation + heldUp(Operations++);
}
