using System;
using Guest.Core.Time;
using Guest.Pv.Tests.Xen;
using Guest.Storage.Devices;
using Guest.Storage.Tests.BlkFront;
using Guest.Testing;

namespace Guest.Fuzz.Rings;

/// <summary>BlkFront against a back end whose ring, events, grants and states in the store are what chance has them be.</summary>
internal sealed class BlkFrontTarget : BlockDriverTarget
{
    private readonly XenBench _bench = new();
    private readonly FakePlatform _platform = new();
    private FakeBlkback _back = null!;
    private bool _mayBeGone;

    protected override Instant Now => _platform.Time;

    protected override bool MayBeGone => _mayBeGone;

    protected override void Make(ref Random64 random)
    {
        bool isPoor = random.Chance(30);
        _back = new FakeBlkback(_bench.Xen, _bench.Store, DiskBytes);
        if (random.Chance(30))
            _back.MostMapped = random.Pick(0, 4, 40);
        _back.Plug(store =>
        {
            if (isPoor)
                (store[$"{FakeBlkback.Path}/max-ring-page-order"], store[$"{FakeBlkback.Path}/feature-persistent"], store[$"{FakeBlkback.Path}/feature-max-indirect-segments"]) = (null, null, null);
        });
        BlkFront driver = null!;
        _bench.Start("vbd", (domain, index) => driver = new BlkFront(domain, index, "blkfront0"));
        Assert.Null(driver.Limits.Problem);
        MakeQueue(driver, _platform, _back.Bytes);
    }

    protected override void PassTime(Duration time)
    {
        _platform.Time += time;
        _bench.Xen.PassTime(time.Nanoseconds);
        _bench.Poll();
    }

    protected override void Serve(bool all, ref Random64 random)
    {
        if (!_back.IsStopped && (all || random.Chance(70)))
        {
            _back.Serve();
            if (_back.Held > 0 && !_back.Silent && !_back.Ring.IsEmpty)
                _back.Release();
        }

        _bench.Poll();
    }

    protected override void Lie(ref Random64 random)
    {
        switch (random.Below(11))
        {
            case 0 or 1 when !_back.Ring.IsEmpty:
                // An answer takes the place of a request.
                _back.IsStopped = true;
                _back.Answer((random.Pick(0ul, 63ul, 64ul, ulong.MaxValue, random.Next() & 63), (byte)random.Below(8), (short)random.Pick(0, -1, -2, 1)));
                _bench.Xen.Raise(_back.Port);
                Say("an answer of chance");
                break;
            case 2 when !_back.Ring.IsEmpty:
                _back.IsStopped = true;
                _back.ResponseProducer += (uint)random.Pick(1, -1, 64, 65, 100_000);
                _bench.Xen.Raise(_back.Port);
                Say("the producer jumps");
                break;
            case 3 or 4 when !_back.Ring.IsEmpty:
                int at = random.Chance(30) ? random.Below(16) : random.Below(_back.Ring.Length);
                _back.Ring[at] = random.Pick((byte)0, (byte)0xff, (byte)random.Next());
                _back.IsStopped = true;
                Say($"byte {at} of the ring is written over");
                break;
            case 5:
                int how = random.Below(4);
                int by = random.Between(1, 63);
                _back.Lie = how == 0 ? null : answer => how switch
                {
                    1 => (answer.Id ^ (ulong)by, answer.Operation, answer.Status),
                    2 => (answer.Id, (byte)(answer.Operation + by), answer.Status),
                    _ => (answer.Id, answer.Operation, -1),
                };
                Say($"answers are changed: {how}");
                break;
            case 6:
                _back.Silent = random.Chance(40);
                Say($"silent: {_back.Silent}");
                break;
            case 7:
                for (int count = random.Pick(1, 20, 1100); count > 0; count--)
                {
                    _bench.Xen.Raise(_back.Port);
                    _bench.Xen.Domain.Events.Dispatch();
                    Queue.Poll(Now);
                }

                Say("events about nothing");
                break;
            case 8:
                _bench.Store[$"{FakeBlkback.Path}/state"] = random.Pick("0", "1", "2", "3", "4", "5", "6", "7", "x", "");
                _mayBeGone = true;
                Say("a state of chance");
                break;
            case 9 when random.Chance(20):
                _bench.Store[$"{FakeBlkback.Path}/{random.Pick("sectors", "sector-size", "info", "feature-persistent", "max-ring-page-order", "feature-max-indirect-segments", "online")}"] = random.Pick("0", "1", "7", "2048", "99999999999", "x", "");
                _mayBeGone = true;
                Say("a feature of chance");
                break;
            default:
                PassTime(Duration.FromSeconds(random.Below(12)));
                Say("a long silence");
                break;
        }
    }

    protected override void BecomeHonest()
    {
        if (IsHonest)
            return;
        (_back.Silent, _back.Lie) = (false, null);
        _bench.Store[$"{FakeBlkback.Path}/state"] = "5";
        _bench.Settle();
        _bench.Store[$"{FakeBlkback.Path}/sectors"] = $"{DiskBytes / 512}";
        _bench.Store[$"{FakeBlkback.Path}/sector-size"] = "512";
        _bench.Store[$"{FakeBlkback.Path}/info"] = "0";
        _bench.Store[$"{FakeBlkback.Path}/online"] = "1";
        _bench.Store[$"{FakeBlkback.Path}/state"] = "6";
        _bench.Settle();
        _bench.Store[$"{FakeBlkback.Path}/state"] = "2";
        _bench.Settle(mostSeconds: 60);
    }
}
