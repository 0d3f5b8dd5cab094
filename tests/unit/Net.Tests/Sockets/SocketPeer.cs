using System;
using System.Collections.Generic;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Tests.Stack;
using Guest.Net.Tests.Stack.Tcp.Links;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Sockets;

/// <summary>Another host beyond the device of the sockets' stack, with a stack of ours and no sockets: 10.0.0.1.</summary>
internal sealed class SocketPeer(FakeDevice device)
{
    private readonly LinkedHost _host = new("peer", 1, seed: 5);
    private readonly byte[] _buffer = new byte[100_000];

    public IpAddress Address => _host.Address;

    public Instant Earliest => _host.Earliest;

    /// <summary>Whether frames have not passed yet, either way.</summary>
    public bool HasSent => _host.Device.Sent.Count != 0 || device.Sent.Count != 0;

    /// <summary>Whether frames pass between the two.</summary>
    public bool IsLinked { get; set; } = true;

    /// <summary>What its application does after each pass.</summary>
    public Action? Turn
    {
        set => _host.Turn = value;
    }

    /// <summary>Carries frames both ways, and lets the host have its turn.</summary>
    /// <returns>Whether anything passed.</returns>
    public bool Poll(Instant now)
    {
        bool passed = false;
        while (device.Sent.TryDequeue(out byte[]? frame))
        {
            if (IsLinked)
                _host.Device.Inject(frame);
            passed = true;
        }

        _host.Run(now);
        while (_host.Device.Sent.TryDequeue(out byte[]? frame))
        {
            if (IsLinked)
                device.Inject(frame);
            passed = true;
        }

        return passed;
    }

    public TcpListenEndpoint Listen(ushort port)
    {
        TcpListenEndpoint listener = _host.Stack.CreateTcpListenEndpoint();
        Assert.Equal(BindStatus.Bound, listener.Bind(IpAddress.AnyIpv4, port));
        listener.Listen(16);
        return listener;
    }

    public UdpEndpoint Bind(ushort port)
    {
        UdpEndpoint endpoint = _host.Stack.CreateUdpEndpoint();
        Assert.Equal(BindStatus.Bound, endpoint.Bind(IpAddress.AnyIpv4, port));
        return endpoint;
    }

    /// <summary>Begins to connect.</summary>
    public TcpEndpoint Connect(ushort port)
    {
        TcpEndpoint endpoint = _host.Stack.CreateTcpEndpoint();
        Assert.Equal(TcpError.None, endpoint.Connect(Frames.Us, port));
        return endpoint;
    }

    /// <summary>Takes all that an endpoint has.</summary>
    public byte[] Take(TcpEndpoint endpoint)
    {
        List<byte> all = [];
        int length;
        while ((length = endpoint.Receive(_buffer)) != 0)
            all.AddRange(_buffer.AsSpan(0, length));
        return [.. all];
    }
}
