using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Pv.Tests.Xen;
using Guest.Pv.Xen;
using Guest.Testing;

namespace Guest.Storage.Tests.BlkFront;

/// <summary>Disks that a toolstack attaches and detaches, from the store to what an application sees.</summary>
[Collection(nameof(RunLoop))]
public sealed class XenDisksTests : IDisposable
{
    private const int DiskBytes = 1 << 20;
    private const int FirstNumber = 51728;

    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;
    private readonly FakePlatform _platform = new();
    private readonly DiskSet _disks;
    private readonly XenBus _bus;

    public XenDisksTests()
    {
        Platform.Install(_platform);
        _store = new FakeStore(_xen);
        _disks = new DiskSet(_platform);
        _disks.Serve();
        XenDisks disks = new(_disks) { Offers = true };
        _bus = new XenBus(_xen.Domain) { Detached = disks.OnDetached };
        _bus.Register("vbd", disks.New);
        _bus.Start(_xen.Domain.Now);
    }

    public void Dispose()
    {
        while (_disks.Count != 0)
            _disks.Remove(_disks[0].Device);
        Processor.Current.RunLoop.Pass();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_thousand_disks_come_and_go_under_ever_new_numbers(bool opened)
    {
        HashSet<string> names = [];
        for (int i = 0; i < 1000; i++)
        {
            FakeBlkback back = Plug(FirstNumber + (16 * i));
            Assert.InRange(_disks.Count, 1, 5);
            BlockQueue queue = _disks[_disks.Count - 1];
            names.Add(queue.Device.Name);
            if (opened)
                Assert.Equal(BlockStatus.Ok, Run(new Disk(queue, 0, DiskBytes), Client.Request(BlockOperation.Read, 0, 4096)));
            back.Unplug(Settle);
            Assert.InRange(_disks.Count, 0, 4);
        }

        // Those that were opened are expected back, four at a time.
        Assert.InRange(names.Count, 1, opened ? 6 : 1);
    }

    [Fact]
    public void A_disk_that_was_opened_is_the_same_when_it_comes_back_and_requests_wait_for_it()
    {
        FakeBlkback back = Plug(FirstNumber);
        Disk disk = new(_disks[0], 0, DiskBytes);
        back.Unplug(Settle);
        BlockRequest read = Client.Request(BlockOperation.Read, 0, 4096);
        disk.Submit([read]);
        Processor.Current.RunLoop.Pass();
        Assert.Equal(BlockStatus.Pending, read.Status);

        Plug(FirstNumber);
        Assert.Equal(1, disk.Wait(new BlockRequest[1]));
        Assert.Equal((BlockStatus.Ok, 1), (read.Status, _disks.Count));
    }

    [Fact]
    public void Of_five_disks_that_went_the_first_is_given_up_and_what_waits_for_it_ends_as_gone()
    {
        Disk? first = null;
        BlockRequest read = Client.Request(BlockOperation.Read, 0, 4096);
        for (int i = 0; i < 5; i++)
        {
            FakeBlkback back = Plug(FirstNumber + (16 * i));
            Disk disk = new(_disks[_disks.Count - 1], 0, DiskBytes);
            back.Unplug(Settle);
            if (i == 0)
            {
                first = disk;
                disk.Submit([read]);
            }
        }

        Assert.Equal(1, first!.Wait(new BlockRequest[1]));
        Assert.Equal((BlockStatus.Gone, 4), (read.Status, _disks.Count));

        // What comes for it later is not meant for the disk that its front end drives by then.
        FakeBlkback next = Plug(FirstNumber + 160);
        Assert.Equal(BlockStatus.Gone, Run(first, read));
        Assert.Empty(next.Operations);
    }

    [Fact]
    public void Another_disk_under_the_same_number_is_a_new_disk()
    {
        Plug(FirstNumber).Unplug(Settle);
        FakeBlkback back = Plug(FirstNumber);
        Disk old = new(_disks[0], 0, DiskBytes);
        back.Unplug(Settle);
        BlockRequest write = Client.Request(BlockOperation.Write, 0, 4096);
        old.Submit([write]);

        FakeBlkback other = Plug(FirstNumber, DiskBytes * 2);

        Assert.Equal(1, old.Wait(new BlockRequest[1]));
        Assert.Equal(BlockStatus.Gone, write.Status);
        Assert.Empty(other.Operations);
        Assert.Equal(1, _disks.Count);
        Disk opened = new(_disks[0], 0, DiskBytes * 2);
        Assert.Equal(BlockStatus.Ok, Run(opened, Client.Request(BlockOperation.Read, DiskBytes, 4096)));
    }

    private FakeBlkback Plug(int number, int bytes = DiskBytes)
    {
        FakeBlkback back = new(_xen, _store, bytes, number);
        back.Plug();
        Settle();
        return back;
    }

    private static BlockStatus Run(Disk disk, BlockRequest request)
    {
        disk.Submit([request]);
        Assert.Equal(1, disk.Wait(new BlockRequest[1]));
        return request.Status;
    }

    private void Settle()
    {
        for (int i = 0; i < 100; i++)
        {
            _xen.Domain.Events.Dispatch();
            bool any = _bus.Poll(_xen.Domain.Now);
            Processor.Current.RunLoop.Pass();
            if (!any && _bus.Arm())
                return;
            _xen.PassTime(20_000_000);
        }
    }
}
