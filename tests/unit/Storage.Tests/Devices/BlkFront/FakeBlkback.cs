using System;
using System.Collections.Generic;
using Guest.Pv.Tests.Xen;

namespace Guest.Storage.Tests.BlkFront;

/// <summary>A back end in the test's own process: follows the front end's state in the store, finds the ring by its grants, and executes
/// requests on an array unless a test tells it otherwise.</summary>
internal sealed unsafe class FakeBlkback
{
    public const string Path = "/local/domain/0/backend/vbd/5/51712";
    public const string Front = "device/vbd/51712";
    private const int UsualNumber = 51712;
    private const ushort Domain0 = 0;
    private const int SlotSize = 112;

    private readonly string _path;
    private readonly string _front;
    private readonly int _number;
    private readonly FakeXen _xen;
    private readonly FakeStore _store;
    private readonly HashSet<uint> _mapped = [];
    private readonly List<(ulong Id, byte Operation, short Status)> _held = [];
    private byte*[] _ring = [];
    private uint _requests;
    private uint _mask;

    public FakeBlkback(FakeXen xen, FakeStore store, int bytes, int number = UsualNumber)
    {
        _number = number;
        _path = $"/local/domain/0/backend/vbd/5/{number}";
        _front = $"device/vbd/{number}";
        _xen = xen;
        _store = store;
        Bytes = new byte[bytes];
        store.Written = OnWritten;
    }

    public byte[] Bytes { get; }

    public uint Port { get; private set; }

    public int Events { get; private set; }

    public int Connections { get; private set; }

    public int Flushes { get; private set; }

    public long Discarded { get; private set; }

    /// <summary>Requests by operation, as they came.</summary>
    public List<byte> Operations { get; } = [];

    /// <summary>Pages that are kept mapped after a request, as max_persistent_grants has it; what is more is mapped for each request anew.</summary>
    public int MostMapped { get; set; } = int.MaxValue;

    /// <summary>Responses are kept back until <see cref="Release"/>.</summary>
    public bool Silent { get; set; }

    /// <summary>It takes nothing from the ring until it is connected anew: what is there may not be what the guest wrote.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Changes what is answered.</summary>
    public Func<(ulong Id, byte Operation, short Status), (ulong Id, byte Operation, short Status)>? Lie { get; set; }

    /// <summary>The ring's pages, while it is connected.</summary>
    public Span<byte> Ring => _ring.Length == 0 ? default : new(_ring[0], _ring.Length * 4096);

    /// <summary>Requests that it has and has not answered.</summary>
    public int Held => _held.Count;

    public uint ResponseProducer
    {
        get => ((uint*)_ring[0])[2];
        set => ((uint*)_ring[0])[2] = value;
    }

    public void Plug(Action<FakeStore>? offer = null)
    {
        _store[$"{_path}/sectors"] = $"{Bytes.Length / 512}";
        _store[$"{_path}/sector-size"] = "512";
        _store[$"{_path}/info"] = "0";
        _store[$"{_path}/feature-flush-cache"] = "1";
        _store[$"{_path}/feature-discard"] = "1";
        _store[$"{_path}/feature-persistent"] = "1";
        _store[$"{_path}/feature-max-indirect-segments"] = "256";
        _store[$"{_path}/max-ring-page-order"] = "4";
        _store[$"{_path}/online"] = "1";
        _store[$"{_path}/state"] = "2";
        offer?.Invoke(_store);
        _store[$"{_front}/backend-id"] = "0";
        _store[$"{_front}/state"] = "1";
        _store[$"{_front}/backend"] = _path;
    }

    /// <summary>As <c>xl block-detach</c> does: the back end closes, the front end follows, and the toolstack removes what it wrote.</summary>
    public void Unplug(Action settle)
    {
        _store[$"{_path}/online"] = "0";
        _store[$"{_path}/state"] = "5";
        settle();
        _store[_front] = null;
        _store[_path] = null;
        settle();
    }

    /// <summary>As when xen-blkback restarts.</summary>
    public void GoAway() => _store[$"{_path}/state"] = "5";

    public void Serve()
    {
        uint before = _ring.Length == 0 ? 0 : ResponseProducer;
        while (_ring.Length != 0 && !IsStopped && _requests != ((uint*)_ring[0])[0])
        {
            byte* request = Slot(_requests++);
            // xen-blkback's answer to an indirect request names the operation inside.
            byte operation = request[0] == 6 ? request[1] : request[0];
            (ulong Id, byte Operation, short Status) answer = (*(ulong*)(request + 8), operation, Execute(request));
            if (Silent)
                _held.Add(answer);
            else
                Answer(Lie?.Invoke(answer) ?? answer);
        }

        if (_ring.Length == 0 || IsStopped)
            return;
        ((uint*)_ring[0])[1] = _requests + 1;
        if (ResponseProducer - ((uint*)_ring[0])[3] < ResponseProducer - before)
            _xen.Raise(Port);
    }

    public void Answer((ulong Id, byte Operation, short Status) answer)
    {
        byte* slot = Slot(ResponseProducer);
        *(ulong*)slot = answer.Id;
        slot[8] = answer.Operation;
        *(short*)(slot + 10) = answer.Status;
        ResponseProducer++;
    }

    public void Release()
    {
        foreach ((ulong Id, byte Operation, short Status) answer in _held)
            Answer(answer);
        _held.Clear();
        _xen.Raise(Port);
    }

    private short Execute(byte* request)
    {
        byte operation = request[0];
        Operations.Add(operation);
        long at = *(long*)(request + 16) * 512;
        switch (operation)
        {
            case 3:
                Flushes++;
                return 0;
            case 5:
                Discarded += *(long*)(request + 24) * 512;
                return 0;
            case 6:
                Assert.Equal((ushort)_number, *(ushort*)(request + 24));
                return Move(request[1], *(ushort*)(request + 2), (ulong*)Page(*(uint*)(request + 28)), at);
            default:
                Assert.Equal((ushort)_number, *(ushort*)(request + 2));
                return Move(operation, request[1], (ulong*)(request + 24), at);
        }
    }

    private short Move(byte operation, int segments, ulong* list, long at)
    {
        Assert.InRange(segments, 1, 256);
        for (int i = 0; i < segments; i++)
        {
            int first = (int)(list[i] >> 32) & 0xff;
            int last = (int)(list[i] >> 40) & 0xff;
            Assert.InRange(first, 0, last);
            Assert.InRange(last, first, 7);
            Span<byte> memory = new(Page((uint)list[i]) + (first * 512), (last - first + 1) * 512);
            Span<byte> disk = Bytes.AsSpan((int)at, memory.Length);
            if (operation == 0)
                disk.CopyTo(memory);
            else
                memory.CopyTo(disk);
            at += memory.Length;
        }

        return 0;
    }

    /// <summary>Maps a page and keeps it mapped, as a back end with persistent grants does.</summary>
    private byte* Page(uint grant)
    {
        byte* page = _xen.Machine.Resolve(grant, Domain0, write: true);
        if ((_mapped.Count >= MostMapped || (_ring.Length != 0 && _store[$"{_front}/feature-persistent"] == "0")) && !_mapped.Contains(grant))
            return page;
        _xen.Machine.Entry(grant).FlagsAndDomain |= 8 | 16;
        _mapped.Add(grant);
        return page;
    }

    private byte* Slot(uint index)
    {
        uint at = 64 + ((index & _mask) * SlotSize);
        Assert.True((at % 4096) + SlotSize <= 4096 || _ring[^1] == _ring[0] + ((_ring.Length - 1) * 4096), "the ring is in one run");
        return _ring[0] + at;
    }

    private void OnWritten(string path)
    {
        if (path != $"/local/domain/{FakeStore.Home}/{_front}/state")
            return;
        switch (_store[path])
        {
            case "1" when _store[$"{_path}/state"] is "6":
                _store[$"{_path}/state"] = "2";
                break;
            case "4":
                Connect();
                _store[$"{_path}/state"] = "4";
                break;
            case "5" or "6" when _store[$"{_path}/state"] is not null:
                Unmap();
                _store[$"{_path}/state"] = "6";
                break;
            default:
                break;
        }
    }

    private void Connect()
    {
        Connections++;
        Assert.Equal("x86_64-abi", _store[$"{_front}/protocol"]);
        Assert.True(_store[$"{_front}/ring-page-order"] == "0" || _store[$"{_path}/max-ring-page-order"] is not null, "too large a ring");
        _ring = _store[$"{_front}/ring-page-order"] switch
        {
            "1" => [Page(uint.Parse(_store[$"{_front}/ring-ref0"]!)), Page(uint.Parse(_store[$"{_front}/ring-ref1"]!))],
            "0" when _store[$"{_path}/max-ring-page-order"] is not null => [Page(uint.Parse(_store[$"{_front}/ring-ref0"]!))],
            _ => [Page(uint.Parse(_store[$"{_front}/ring-ref"]!))],
        };
        _mask = _ring.Length == 2 ? 63u : 31u;
        _requests = 0;
        IsStopped = false;
        _held.Clear();
        Port = uint.Parse(_store[$"{_front}/event-channel"]!);
        _xen.Bind(Port, () =>
        {
            Events++;
            Serve();
        });
    }

    private void Unmap()
    {
        foreach (uint grant in _mapped)
            _xen.Machine.Entry(grant).FlagsAndDomain &= ~24u;
        _mapped.Clear();
        _ring = [];
    }
}
