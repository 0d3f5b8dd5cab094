using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;
using Guest.Pv;
using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>The machine's sources of random numbers: the first is asked once, at boot, and what it says is mixed into what the generator knows already.</summary>
internal sealed class EntropySources(Platform platform) : DeviceClass
{
    private bool _isAsked;

    /// <inheritdoc/>
    public override void Add(PciFunction function)
    {
        if (_isAsked || VirtioPci.DeviceTypeOf(function) != VirtioEntropy.DeviceType)
            return;
        // Nobody waits for its interrupt, and others may share its line.
        function.Enable(PciCommand.InterruptDisable);
        Ask(VirtioPci.TryOpen(function, NewAccount()));
    }

    /// <inheritdoc/>
    public override void Add(VirtioMmioSlot slot, uint deviceType)
    {
        if (!_isAsked && deviceType == VirtioEntropy.DeviceType)
            Ask(MmioTransport.TryOpen(platform, slot, NewAccount()));
    }

    /// <summary>From now on none is asked.</summary>
    public override void OnFound(ReadOnlySpan<PciFunction> functions) => _isAsked = true;

    private static PathCounters NewAccount() => new("virtio-rng0");

    private void Ask(VirtioTransport? transport)
    {
        _isAsked = true;
        if (transport is null)
            return;
        int bytes = VirtioEntropy.Seed(platform.Processor.Random, transport, platform);
        if (bytes != 0)
            Log.Info(transport.Counters.Name, $"{bytes} bytes seed the random numbers");
        else
            Log.Warn(transport.Counters.Name, $"gave no random numbers");
    }
}
