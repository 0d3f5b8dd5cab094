using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Disk;

/// <summary>What a read costs on QEMU's disks: the goals, which leave room for the instructions of an interrupt or two more.</summary>
public sealed class DiskCostTests : IDisposable
{
    private readonly DiskImage _image = new(4 << 20);
    private readonly InstructionCounter _counter = new(CounterPlugin.Build(Repository.Find()));

    public void Dispose()
    {
        _counter.Dispose();
        _image.Dispose();
    }

    [Theory]
    [InlineData("virtio", 1, 1_500, 2)]
    [InlineData("virtio", 32, 500, 0.2)]
    [InlineData("ahci", 1, 2_500, 6)]
    [InlineData("ide", 1, 3_500, 14)]
    public void A_read_costs_no_more_than_the_goals(string path, int depth, long mostInstructions, double mostAccesses)
    {
        using QemuGuest guest = new DiskGuest(path, _image.Path) { Extra = _counter.Arguments }.Boot("ask");
        string disk = guest.WaitForLine(DiskCost.Asks, DiskCost.Patience)[DiskCost.Asks.Length..].Split(';')[0];

        DiskCost cost = DiskCost.Measure(_counter, Accesses, Run, depth);

        Assert.InRange(cost.Instructions, 1, mostInstructions);
        Assert.InRange(cost.Accesses, double.Epsilon, mostAccesses);

        void Run(string job)
        {
            guest.Type(Encoding.ASCII.GetBytes(job));
            guest.WaitForLine(DiskCost.Answer, DiskCost.Patience);
        }

        long Accesses() => GuestCounters.AccessesIn(GuestCounters.Ask(guest).Devices[disk]);
    }
}
