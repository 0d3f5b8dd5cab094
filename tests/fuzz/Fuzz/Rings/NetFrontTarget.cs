using System.Runtime.CompilerServices;
using Guest.Core.Diagnostics;
using Guest.Net.Devices;
using Guest.Net.Devices.Tests.NetFront;
using Guest.Pv.Tests.Xen;

namespace Guest.Fuzz.Rings;

/// <summary>NetFront against a back end whose rings, events, grants and states in the store are what chance has them be.</summary>
internal sealed unsafe class NetFrontTarget : NetDriverTarget
{
    private const int RingBytes = 4096;

    private readonly XenBench _bench = new();
    private FakeNetback _back = null!;
    private int _connections;
    private int _sentTaken;
    private bool _isSpoilt;

    private bool IsUp => _back.HasRings && Card.LinkUp && _bench.Store[$"{FakeNetback.Path}/state"] == "4";

    private int UnansweredRequests
    {
        get
        {
            uint* page = Page(ref _back.TransmitResponseProducer);
            return (int)(page[0] - page[2]);
        }
    }

    // What a back end has mapped stays its own, and the front end with it.
    protected override bool MayKeepBuffers => true;

    protected override void Make(ref Random64 random)
    {
        MakePool(600);
        _back = new FakeNetback(_bench.Xen, _bench.Store);
        _back.Plug(split: random.Chance(50));
        _bench.Start("vif", (domain, index) =>
        {
            NetFront driver = new(domain, index, "netfront0", Pool);
            Card = driver;
            return driver;
        });
        Assert.True(Card.LinkUp, "an honest card does not come up");
        _connections = _back.Connections;
    }

    protected override bool Deliver(byte[] frame)
    {
        Look();
        if (!IsUp || _isSpoilt || !_back.CanDeliver)
            return false;
        uint before = _back.ReceiveResponseProducer;
        _back.Deliver(frame);
        _back.NotifyReceive(before);
        return true;
    }

    protected override void TakeSent(bool all, ref Random64 random)
    {
        Look();
        if (!IsUp || _isSpoilt)
            return;
        _back.Transmit();
        _bench.Xen.Raise(_back.TransmitPort);
        for (; _sentTaken < _back.Sent.Count; _sentTaken++)
            OnSent(_back.Sent[_sentTaken].Bytes);
        _back.Sent.Clear();
        _sentTaken = 0;
    }

    protected override void PassTime(ref Random64 random)
    {
        _bench.Xen.PassTime(random.Below(5_000_000));
        _bench.Poll();
    }

    protected override void Interrupt() => _bench.Poll();

    protected override void Lie(ref Random64 random)
    {
        Look();
        switch (random.Below(14))
        {
            case 0 or 1 when IsUp:
                // An answer takes the place of a request: of one that was taken, or else of one that is lost by it.
                if (!_isSpoilt)
                    _back.Transmit(answer: false);
                _isSpoilt |= UnansweredRequests <= 0;
                _back.AnswerTransmit(random.Pick(0u, 3u, 255u, 256u, 0xffffu, (uint)random.Below(600)), (short)random.Pick(0, -1, 1, 2, -3, -32768));
                Say("an answer of chance to what was sent");
                break;
            case 2 or 3 or 4 when IsUp:
                if (!_isSpoilt && _back.CanDeliver)
                    _back.NextReceiveRequest();
                else
                    _isSpoilt = true;
                _back.AnswerReceive((uint)random.Pick(0, 255, 256, 0xffff, random.Below(256)), random.Pick(0, 4095, 65535, random.Below(4096)), (uint)random.Below(32), (short)random.Pick(0, 60, 4096, 4097, -1, -32768, random.Below(4096)));
                Say("an answer of chance to a request to receive");
                break;
            case 5 when IsUp && !_isSpoilt && _back.CanDeliver:
                _back.Describe((byte)random.Below(6), (byte)random.Below(3));
                Say("a description of nothing");
                break;
            case 6 when IsUp:
                ref uint producer = ref random.Chance(50) ? ref _back.TransmitResponseProducer : ref _back.ReceiveResponseProducer;
                producer += (uint)random.Pick(1, -1, 256, 257, 100_000);
                _isSpoilt = true;
                Say("a producer jumps");
                break;
            case 7 or 8 when IsUp:
                Scribble(ref random);
                break;
            case 9:
                for (int count = random.Pick(1, 20, 1100); count > 0 && IsUp; count--)
                {
                    _bench.Xen.Raise(_back.ReceivePort);
                    _bench.Xen.Domain.Events.Dispatch();
                    Receive(1);
                }

                Say("events about nothing");
                break;
            case 10:
                _bench.Store[$"{FakeNetback.Path}/state"] = random.Pick("0", "1", "2", "3", "4", "5", "6", "7", "x", "");
                Say("a state of chance");
                break;
            case 11:
                _bench.Store[$"{FakeNetback.Path}/{random.Pick("feature-sg", "feature-rx-copy", "feature-split-event-channels", "online", "multi-queue-max-queues")}"] = random.Pick("0", "1", "99999999999", "x", "");
                Say("a feature of chance");
                break;
            case 12 when random.Chance(20):
                _back.KeepsRings = random.Chance(50);
                Say($"keeps rings mapped: {_back.KeepsRings}");
                break;
            case 13 when random.Chance(20):
                _bench.Xen.Machine.MostGrantPages = random.Pick(1, 4);
                Say("the table of grants does not grow");
                break;
            default:
                _bench.Poll();
                break;
        }
    }

    protected override void BecomeHonest(ref Random64 random)
    {
        if (IsHonest)
            return;
        _bench.Xen.Machine.MostGrantPages = 4;
        _back.KeepsRings = false;
        // The toolstack unplugs, and plugs in anew; what a back end had mapped before, it lets go of.
        _bench.Store[$"{FakeNetback.Path}/state"] = "5";
        _bench.Settle();
        _back.LetGo();
        foreach ((string feature, string value) in ((string, string)[])[("feature-rx-copy", "1"), ("feature-sg", "1"), ("online", "1"), ("multi-queue-max-queues", "4")])
            _bench.Store[$"{FakeNetback.Path}/{feature}"] = value;
        _bench.Store[$"{FakeNetback.Path}/state"] = "6";
        _bench.Settle();
        _bench.Store[$"{FakeNetback.Path}/state"] = "2";
        _bench.Settle(mostSeconds: 60);
        Look();
    }

    // A new connection has new rings.
    private void Look()
    {
        if (_connections == _back.Connections)
            return;
        _connections = _back.Connections;
        _isSpoilt = false;
        _back.Sent.Clear();
        _sentTaken = 0;
    }

    private void Scribble(ref Random64 random)
    {
        ref uint producer = ref random.Chance(50) ? ref _back.TransmitResponseProducer : ref _back.ReceiveResponseProducer;
        byte* page = (byte*)Page(ref producer);
        int at = random.Chance(30) ? random.Below(16) : random.Below(RingBytes);
        page[at] = random.Pick((byte)0, (byte)0xff, (byte)random.Next());
        _isSpoilt = true;
        Say($"byte {at} of a ring is written over");
    }

    private static uint* Page(ref uint producer) => (uint*)((nint)Unsafe.AsPointer(ref producer) & ~(nint)(RingBytes - 1));
}
