using System;
using System.Collections.Generic;
using System.Linq;
using Guest.Pv.Tests.Xen;

namespace Guest.Net.Devices.Tests.NetFront;

/// <summary>A back end in the test's own process: follows the front end's state in the store, finds the rings by their grants, and answers
/// truthfully unless a test tells it to lie.</summary>
internal sealed unsafe class FakeNetback
{
    public const string Path = "/local/domain/0/backend/vif/5/0";
    private readonly FakeXen _xen;
    private readonly FakeStore _store;
    private uint _transmitPort;
    private uint _receivePort;
    private uint* _transmit;
    private uint* _receive;
    private uint _transmitRequests;
    private uint _receiveRequests;
    private readonly List<uint> _mapped = [];

    public FakeNetback(FakeXen xen, FakeStore store)
    {
        _xen = xen;
        _store = store;
        store.Written = OnWritten;
    }

    public int TransmitEvents { get; private set; }

    public int ReceiveEvents { get; private set; }

    public int Connections { get; private set; }

    public bool AnswersFrontend { get; set; } = true;

    /// <summary>Whether it keeps rings mapped when a connection ends.</summary>
    public bool KeepsRings { get; set; }

    /// <summary>Whether it has rings mapped.</summary>
    public bool HasRings => _mapped.Count != 0;

    /// <summary>The domain that it is in.</summary>
    public ushort Domain { get; set; }

    /// <summary>Whether the guest has given it a buffer to receive into that it has not used.</summary>
    public bool CanDeliver => _receive[0] != _receiveRequests;

    /// <summary>What arrived from the guest: bytes and the flags of the first slot.</summary>
    public List<(byte[] Bytes, uint Flags)> Sent { get; } = [];

    public ref uint TransmitResponseProducer => ref _transmit[2];

    public ref uint ReceiveResponseProducer => ref _receive[2];

    public uint ReceiveRequestProducer => _receive[0];

    public uint ReceivePort => _receivePort;

    public uint TransmitPort => _transmitPort;

    public void Plug(bool split = true)
    {
        _store[$"{Path}/feature-rx-copy"] = "1";
        _store[$"{Path}/feature-sg"] = "1";
        _store[$"{Path}/feature-split-event-channels"] = split ? "1" : "0";
        _store[$"{Path}/multi-queue-max-queues"] = "4";
        _store[$"{Path}/online"] = "1";
        _store[$"{Path}/state"] = "2";
        _store["device/vif/0/backend-id"] = "0";
        _store["device/vif/0/mac"] = "00:16:3e:12:34:56";
        _store["device/vif/0/state"] = "1";
        _store["device/vif/0/backend"] = Path;
    }

    public void Unplug()
    {
        _store[$"{Path}/online"] = "0";
        _store[$"{Path}/state"] = "5";
    }

    public void RemoveNodes()
    {
        _store["device/vif/0"] = null;
        _store[Path] = null;
    }

    /// <summary>Takes what the guest has sent, and answers each request.</summary>
    public void Transmit(bool answer = true, bool arm = true)
    {
        while (_transmitRequests != _transmit[0])
        {
            List<byte[]> pieces = [];
            uint firstFlags = 0;
            int whole = 0;
            for (bool first = true, more = true; more; first = false)
            {
                uint* request = _transmit + 16 + (3 * (_transmitRequests++ & 255));
                byte* page = _xen.Machine.Resolve(request[0], Domain, write: false);
                int offset = (int)(request[1] & 0xffff);
                uint flags = request[1] >> 16;
                int size = (int)(request[2] >> 16);
                more = (flags & 4) != 0;
                firstFlags = first ? flags : firstFlags;
                bool described = (flags & 8) != 0;
                pieces.Add(new Span<byte>(page + offset, Math.Min(size, 4096 - offset)).ToArray());
                whole = first ? size : whole;
                if (answer)
                    AnswerTransmit(request[2] & 0xffff, 0);
                if (described)
                    TakeDescription(answer);
            }

            // The first says how long the whole is, the others how long they are (xen/io/netif.h).
            int others = pieces.Skip(1).Sum(piece => piece.Length);
            Sent.Add(([.. pieces[0][..(whole - others)], .. pieces.Skip(1).SelectMany(piece => piece)], firstFlags));
        }

        if (arm)
            _transmit[1] = _transmitRequests + 1;
    }

    /// <summary>The descriptions of packets that are to be cut: segment size, and type.</summary>
    public List<(int Size, int Type)> Segmented { get; } = [];

    private void TakeDescription(bool answer)
    {
        byte* extra = (byte*)(_transmit + 16 + (3 * (_transmitRequests++ & 255)));
        Assert.Equal((1, 0), (extra[0], extra[1]));
        Segmented.Add((*(ushort*)(extra + 2), extra[4]));
        if (!answer)
            return;

        // As xen-netback does: the status alone is written, into a slot that may hold anything else.
        *(_transmit + 16 + (3 * (_transmit[2] & 255))) = 5 | (1u << 16);
        _transmit[2]++;
    }

    public void AnswerTransmit(uint id, short status)
    {
        *(_transmit + 16 + (3 * (_transmit[2] & 255))) = id | ((uint)(ushort)status << 16);
        _transmit[2]++;
    }

    /// <summary>Delivers one packet into one slot.</summary>
    public void Deliver(ReadOnlySpan<byte> packet, uint flags = 0)
    {
        (uint id, uint grant) = NextReceiveRequest();
        packet.CopyTo(new Span<byte>(_xen.Machine.Resolve(grant, Domain, write: true), 4096));
        AnswerReceive(id, 0, flags, (short)packet.Length);
    }

    public (uint Id, uint Grant) NextReceiveRequest()
    {
        Assert.NotEqual(_receive[0], _receiveRequests);
        uint* request = _receive + 16 + (2 * (_receiveRequests++ & 255));
        return (request[0], request[1]);
    }

    /// <summary>Where the next answer to a receive request is to be written.</summary>
    public ulong* NextResponse => (ulong*)(_receive + 16 + (2 * (_receive[2] & 255)));

    public void AnswerReceive(uint id, int offset, uint flags, short status)
    {
        uint* response = _receive + 16 + (2 * (_receive[2] & 255));
        response[0] = (id & 0xffff) | ((uint)offset << 16);
        response[1] = (flags & 0xffff) | ((uint)(ushort)status << 16);
        _receive[2]++;
    }

    public void Describe(byte type, byte flags)
    {
        NextReceiveRequest();
        uint* response = _receive + 16 + (2 * (_receive[2] & 255));
        response[0] = type | ((uint)flags << 8);
        response[1] = 0;
        _receive[2]++;
    }

    /// <summary>Sends the event if the guest asked for it since <paramref name="before"/>.</summary>
    public bool NotifyReceive(uint before)
    {
        bool asked = _receive[2] - _receive[3] < _receive[2] - before;
        if (asked)
            _xen.Raise(_receivePort);
        return asked;
    }

    private void OnWritten(string path)
    {
        if (!AnswersFrontend || path != $"/local/domain/{FakeStore.Home}/device/vif/0/state")
            return;
        switch (_store[path])
        {
            case "1" when _store[$"{Path}/state"] is "6":
                _store[$"{Path}/state"] = "2";
                break;
            case "4":
                Connect();
                _store[$"{Path}/state"] = "4";
                break;
            case "5" or "6" when _store[$"{Path}/state"] is not null:
                Release();
                _store[$"{Path}/state"] = "6";
                break;
            default:
                break;
        }
    }

    private void Connect()
    {
        Connections++;
        Assert.Equal("1", _store["device/vif/0/request-rx-copy"]);
        _transmit = Map("tx-ring-ref");
        _receive = Map("rx-ring-ref");
        _transmitRequests = 0;
        _receiveRequests = 0;
        bool split = _store[$"{Path}/feature-split-event-channels"] == "1";
        _transmitPort = uint.Parse(_store[split ? "device/vif/0/event-channel-tx" : "device/vif/0/event-channel"]!);
        _receivePort = split ? uint.Parse(_store["device/vif/0/event-channel-rx"]!) : _transmitPort;
        _xen.Bind(_receivePort, () => ReceiveEvents++);
        _xen.Bind(_transmitPort, () => TransmitEvents++);
    }

    private uint* Map(string key)
    {
        uint grant = uint.Parse(_store[$"device/vif/0/{key}"]!);
        byte* page = _xen.Machine.Resolve(grant, Domain, write: true);
        _xen.Machine.Entry(grant).FlagsAndDomain |= 8 | 16;
        _mapped.Add(grant);
        return (uint*)page;
    }

    /// <summary>Unmaps every ring that it has mapped.</summary>
    public void LetGo()
    {
        _mapped.ForEach(grant => _xen.Machine.Entry(grant).FlagsAndDomain &= ~24u);
        _mapped.Clear();
    }

    private void Release()
    {
        if (!KeepsRings)
            LetGo();
    }
}
