using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Guest.Core.Memory;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

/// <summary>The store's daemon in the test's own process, at the other end of the shared ring.</summary>
internal sealed unsafe class FakeStore
{
    public const int Home = 5;

    private readonly FakeXen _xen;
    private readonly byte* _page = DeviceMemory.AllocatePages(1);
    private readonly SortedDictionary<string, string> _nodes = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Token, bool Relative)> _watches = [];
    private readonly Dictionary<uint, Transaction> _transactions = [];
    private readonly List<byte> _out = [];
    private readonly List<byte> _in = [];
    private uint _nextTransaction = 7;
    private bool _busy;

    public FakeStore(FakeXen xen)
    {
        _xen = xen;
        Port = xen.MakePort(Serve);
        xen.Domain.OpenStore(_page, Port);
    }

    public uint Port { get; }

    public XenStore Client => _xen.Domain.Store!;

    /// <summary>Called after each write, whoever made it.</summary>
    public Action<string>? Written { get; set; }

    public bool Silent { get; set; }

    /// <summary>How many commits meet another's change.</summary>
    public int Conflicts { get; set; }

    /// <summary>Changes a message on its way to the guest.</summary>
    public Func<byte[], byte[]>? Garble { get; set; }

    public int Commits { get; private set; }

    public byte* Page => _page;

    public string? this[string path]
    {
        get => _nodes.GetValueOrDefault(Full(path));
        set
        {
            if (value is null)
                Remove(Full(path));
            else
                _nodes[Full(path)] = value;
            Fire(Full(path));
            Pump();
        }
    }

    public void Send(ReadOnlySpan<byte> raw)
    {
        _out.AddRange(raw);
        Pump();
    }

    private static string Full(string path) => path.StartsWith('/') ? path : $"/local/domain/{Home}/{path}";

    private void Remove(string path)
    {
        foreach (string node in _nodes.Keys.Where(n => n == path || n.StartsWith(path + "/", StringComparison.Ordinal)).ToArray())
            _nodes.Remove(node);
    }

    private void Fire(string path)
    {
        foreach ((string watched, string token, bool relative) in _watches)
        {
            string full = Full(watched);
            if (path == full || path.StartsWith(full + "/", StringComparison.Ordinal) || full.StartsWith(path + "/", StringComparison.Ordinal))
                Reply(15, 0, 0, $"{(relative ? path[$"/local/domain/{Home}/".Length..] : path)}\0{token}\0");
        }

        Written?.Invoke(path);
    }

    private void Serve()
    {
        if (_busy)
            return;
        _busy = true;
        uint* consumer = (uint*)(_page + 2048);
        uint* producer = (uint*)(_page + 2052);
        while (*consumer != *producer)
            _in.Add(_page[(*consumer)++ & 1023]);
        while (_in.Count >= 16)
        {
            byte[] header = [.. _in.Take(16)];
            int length = BitConverter.ToInt32(header, 12);
            if (_in.Count < 16 + length)
                break;
            string body = Encoding.ASCII.GetString([.. _in.Skip(16).Take(length)]);
            _in.RemoveRange(0, 16 + length);
            if (!Silent)
                Answer(BitConverter.ToUInt32(header, 0), BitConverter.ToUInt32(header, 4), BitConverter.ToUInt32(header, 8), body);
        }

        _busy = false;
        _xen.Raise(Port);
        Pump();
    }

    private void Answer(uint type, uint request, uint transaction, string body)
    {
        string[] parts = body.Split('\0');
        string path = Full(parts[0]);
        switch (type)
        {
            case 2 when _nodes.TryGetValue(path, out string? value):
                Reply(type, request, transaction, value);
                break;
            case 1 when _nodes.Keys.Any(n => n.StartsWith(path + "/", StringComparison.Ordinal) || n == path):
                IEnumerable<string> names = _nodes.Keys.Where(n => n.StartsWith(path + "/", StringComparison.Ordinal))
                    .Select(n => n[(path.Length + 1)..].Split('/')[0]).Distinct();
                Reply(type, request, transaction, string.Concat(names.Select(n => n + "\0")));
                break;
            case 11:
                if (transaction != 0)
                    _transactions[transaction].Writes.Add((path, parts[1]));
                else
                    _nodes[path] = parts[1];
                Reply(type, request, transaction, "OK\0");
                if (transaction == 0)
                    Fire(path);
                break;
            case 13:
                Remove(path);
                Reply(type, request, transaction, "OK\0");
                Fire(path);
                break;
            case 4:
                _watches.Add((parts[0], parts[1], !parts[0].StartsWith('/')));
                Reply(type, request, transaction, "OK\0");
                Reply(15, 0, 0, $"{parts[0]}\0{parts[1]}\0");
                break;
            case 5:
                _watches.RemoveAll(w => w.Path == parts[0] && w.Token == parts[1]);
                Reply(type, request, transaction, "OK\0");
                break;
            case 6:
                _transactions[_nextTransaction] = new Transaction([]);
                Reply(type, request, 0, $"{_nextTransaction++}\0");
                break;
            case 7 when parts[0] == "T" && Conflicts > 0:
                Conflicts--;
                _transactions.Remove(transaction);
                Reply(16, request, transaction, "EAGAIN\0");
                break;
            case 7:
                _transactions.Remove(transaction, out Transaction? done);
                Reply(type, request, transaction, "OK\0");
                if (parts[0] != "T")
                    break;
                Commits++;
                foreach ((string written, string value) in done!.Writes)
                    _nodes[written] = value;
                foreach ((string written, _) in done.Writes)
                    Fire(written);
                break;
            default:
                Reply(16, request, transaction, "ENOENT\0");
                break;
        }
    }

    private void Reply(uint type, uint request, uint transaction, string body)
    {
        byte[] payload = Encoding.ASCII.GetBytes(body);
        byte[] message =
        [
            .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(request), .. BitConverter.GetBytes(transaction),
            .. BitConverter.GetBytes(payload.Length), .. payload,
        ];
        _out.AddRange(Garble?.Invoke(message) ?? message);
    }

    private void Pump()
    {
        uint* consumer = (uint*)(_page + 2056);
        uint* producer = (uint*)(_page + 2060);
        int sent = 0;
        while (sent < _out.Count && *producer - *consumer < 1024)
            _page[1024 + ((*producer)++ & 1023)] = _out[sent++];
        _out.RemoveRange(0, sent);
        if (sent > 0)
            _xen.Raise(Port);
    }

    private sealed record Transaction(List<(string Path, string Value)> Writes);
}
