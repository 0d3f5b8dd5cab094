using System;
using System.Linq;
using Guest.Core.Time;

namespace Guest.Storage.Tests;

/// <summary>Devices that are slow, silent, away or gone, and what becomes of the requests that they have.</summary>
public class BlockQueueLifeTests
{
    private const int DiskBytes = 1 << 20;

    [Fact]
    public void A_disk_that_is_slow_but_goes_on_answering_is_not_timed_out()
    {
        ModelDisk disk = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, Depth = 32 }) { Silent = true };
        Client client = new(disk);
        client.Submit([.. Enumerable.Range(0, 32).Select(i => Client.Request(BlockOperation.Read, i * 512, 512))]);

        // One answer in eight tenths of the patience: the last comes after 25 times of it.
        Duration pace = new(client.Queue.AttemptTimeout.Nanoseconds / 10);
        for (int i = 0; client.Completed.Count < 32; i++)
        {
            client.Platform.Time += pace;
            if (i % 8 == 7)
                disk.Release(0);
            client.Poll();
        }

        Assert.Equal(0, disk.Resets);
        Assert.All(client.Completed, request => Assert.Equal(BlockStatus.Ok, request.Status));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_request_that_others_overtake_again_and_again_is_late_in_the_end(int answersInATenth)
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        BlockRequest lost = Client.Request(BlockOperation.Read, 0, 512);
        BlockRequest other = Client.Request(BlockOperation.Read, 512, 512);
        client.Submit(lost, other);
        Duration pace = new(client.Queue.AttemptTimeout.Nanoseconds / 10);
        int tenths = 0;
        for (; disk.Resets == 0; tenths++)
        {
            Assert.True(tenths < 1000, "a lost request is never late");
            client.Platform.Time += pace;
            for (int i = 0; i < answersInATenth; i++)
            {
                disk.Release(disk.Held.IndexOf(other));
                client.Poll();
                client.Submit(other);
            }
        }

        Assert.InRange(tenths, 10, answersInATenth == 1 ? 50 : 14);
    }

    [Fact]
    public void A_device_that_takes_nothing_though_it_has_nothing_to_do_fails_what_waits()
    {
        ModelDisk disk = new(DiskBytes) { Stubborn = true };
        Client client = new(disk);

        Assert.Equal(BlockStatus.TimedOut, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
        Assert.Equal(Instant.Zero + client.Queue.AwayTimeout, client.Platform.Time);

        disk.Stubborn = false;
        Assert.Equal(BlockStatus.Ok, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
    }

    [Fact]
    public void What_a_reset_threw_out_obeys_the_limits_that_hold_by_then()
    {
        ModelDisk disk = new(DiskBytes, bytes => new BlockLimits { Capacity = bytes, Depth = 4, MaxSegments = 8 }) { Silent = true };
        Client client = new(disk);
        BlockRequest request = Client.Request(BlockOperation.Read, 0, [.. Enumerable.Repeat(512, 8)]);
        client.Submit(request);
        disk.Limits = new BlockLimits { Capacity = DiskBytes, Depth = 4, MaxSegments = 3 };
        client.Submit(Client.Request(BlockOperation.Read, 65536, 512));
        disk.Silent = false;
        disk.Seen.Clear();
        disk.GiveBack();
        for (int i = 0; i < 5; i++)
            client.Poll();

        Assert.Equal(BlockStatus.Ok, request.Status);
        Assert.All(disk.Seen, seen => Assert.True(seen.Pieces <= 3));
    }

    [Fact]
    public void A_device_that_does_not_answer_is_reset_and_asked_again()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        client.Submit(Client.Request(BlockOperation.Read, 0, 512), Client.Request(BlockOperation.Read, 512, 512));

        client.PassTimeout();
        Assert.Equal(1, disk.Resets);
        Assert.Empty(client.Completed);
        Assert.Equal(2, disk.Held.Count);

        disk.Release();
        client.Poll();
        Assert.All(client.Completed, request => Assert.Equal(BlockStatus.Ok, request.Status));
        Assert.Equal(2, client.Completed.Count);
    }

    [Fact]
    public void Time_in_which_the_application_kept_the_processor_is_not_held_against_the_device()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        client.Poll();
        client.Platform.Time += Duration.FromSeconds(3600);

        client.Submit(Client.Request(BlockOperation.Read, 0, 512));
        client.Poll();
        Assert.Equal(0, disk.Resets);

        client.PassTimeout();
        Assert.Equal(1, disk.Resets);
    }

    [Fact]
    public void A_machine_that_wakes_late_finds_what_is_late_all_the_same()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        client.Submit(Client.Request(BlockOperation.Read, 0, 512));
        for (int i = 0; i < 3; i++)
        {
            client.Platform.Time += Duration.FromSeconds(3600);
            client.Poll();
        }

        Assert.InRange(disk.Resets, 1, 2);
    }

    [Fact]
    public void A_device_that_never_answers_costs_each_request_its_attempts_and_no_more()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);

        Assert.Equal(BlockStatus.TimedOut, client.Run(Client.Request(BlockOperation.Read, 0, 512)));

        Assert.Equal(BlockQueue.MaxAttempts, disk.Resets);
        long least = client.Queue.AttemptTimeout.Nanoseconds * BlockQueue.MaxAttempts;
        Assert.InRange(client.Platform.Time.Nanoseconds, least, least + (least / 4));
    }

    [Fact]
    public void Requests_survive_a_device_that_goes_away_and_comes_back()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        client.Submit(Client.Request(BlockOperation.Write, 0, 512));
        disk.State = BlockDeviceState.Away;
        disk.GiveBack();
        client.Poll();
        client.Submit(Client.Request(BlockOperation.Write, 512, 512));
        Assert.Empty(client.Completed);

        disk.State = BlockDeviceState.Ready;
        disk.Silent = false;
        client.Poll();
        client.Poll();

        Assert.Equal([BlockStatus.Ok, BlockStatus.Ok], client.Completed.Select(request => request.Status));
    }

    [Fact]
    public void A_device_that_stays_away_fails_its_requests()
    {
        ModelDisk disk = new(DiskBytes) { State = BlockDeviceState.Away };
        Client client = new(disk);

        Assert.Equal(BlockStatus.TimedOut, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
        Assert.Equal(Instant.Zero + client.Queue.AwayTimeout, client.Platform.Time);
        Assert.Equal(BlockStatus.TimedOut, client.Run(Client.Request(BlockOperation.Read, 0, 32 * 4096)));
    }

    [Fact]
    public void A_device_that_is_gone_fails_what_it_had_and_what_comes()
    {
        ModelDisk disk = new(DiskBytes) { Silent = true };
        Client client = new(disk);
        BlockRequest had = Client.Request(BlockOperation.Read, 0, 512);
        client.Submit(had);
        disk.State = BlockDeviceState.Gone;
        disk.GiveBack();

        Assert.Equal(BlockStatus.Gone, client.Run(Client.Request(BlockOperation.Read, 0, 512)));
        Assert.Equal(BlockStatus.Gone, had.Status);
    }
}
