using System;
using System.Runtime.CompilerServices;
using Guest.Core.Scheduling;

namespace Guest.Core.Power;

/// <summary>The machine's power button, which hypervisors press to ask for the end (<c>system_powerdown</c>, <c>virsh shutdown</c>).</summary>
[EagerStaticClassConstruction]
public static class PowerButton
{
    private static readonly DeferredWork s_tell = new(static () => Pressed?.Invoke());

    /// <summary>Called in a pass of the run loop after it was pressed; must not block.</summary>
    public static Action? Pressed { get; set; }

    /// <summary>It was pressed. Called from an interrupt.</summary>
    internal static void Press() => Processor.Current.RunLoop.Defer(s_tell);
}
