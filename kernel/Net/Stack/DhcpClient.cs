using System;
using System.Buffers.Binary;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Leases the interface's address (RFC 2131), for as long as there is a link, and never gives up.</summary>
/// <remarks>Differs from the letter in two places, to be up sooner: the first DISCOVER is not delayed by up to ten seconds (4.4.1), and the
/// address is not probed by ARP before it is used (4.4.1); a conflict is reported when it shows.</remarks>
internal sealed class DhcpClient
{
    private const int AttemptsToRequest = 4;
    private const int LongestBackOffSeconds = 64;
    private const int FirstBackOffSeconds = 4;
    private const int LeastRetrySeconds = 60;
    private const int LeastLeaseSeconds = 60;
    private const int LeastMtu = 576;
    private const int PayloadOffset = Destination.HeadersSize + UdpHeader.Size;
    private const int LongestMessage = 576;

    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly Destination _everyone;
    private DhcpState _state;
    private uint _transaction;
    private int _attempt;
    private Instant _started;
    private Instant _renewAt;
    private Instant _rebindAt;
    private Instant _expiresAt;
    private IpAddress _server;
    private IpAddress _offered;

    public DhcpClient(NetworkInterface owner, Destination everyone, NetworkStack stack)
    {
        _interface = owner;
        _stack = stack;
        _everyone = everyone;
        everyone.IsReady = true;
    }

    /// <summary>When <see cref="OnTimer"/> must run.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>The link is up: whatever was leased may belong to another network, so it starts anew, and asks for the same
    /// address.</summary>
    public void Start(Instant now)
    {
        if (_interface.HasAddress)
            _interface.Unconfigure();
        Discover(now);
    }

    /// <summary>The link is down.</summary>
    public void Stop()
    {
        _state = DhcpState.Stopped;
        Deadline = Instant.Never;
    }

    /// <summary>Sends what is due.</summary>
    public void OnTimer(Instant now)
    {
        switch (_state)
        {
            case DhcpState.Selecting:
                Log.Warn(_interface.Name, $"no answer from a DHCP server in {(now - _started).Seconds} s; still asking");
                SendDiscover(now);
                break;
            case DhcpState.Requesting when _attempt < AttemptsToRequest:
                SendRequest(now);
                break;
            case DhcpState.Requesting:
                Log.Warn(_interface.Name, $"the DHCP server does not confirm its offer; asking again for offers");
                Discover(now);
                break;
            case DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding when now >= _expiresAt:
                Log.Warn(_interface.Name, $"the DHCP lease has expired; the address is given up");
                _interface.Unconfigure();
                Discover(now);
                break;
            case DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding:
                Extend(now);
                break;
            default:
                Deadline = Instant.Never;
                break;
        }
    }

    /// <summary>Takes a message that came from a server's port.</summary>
    public void Input(ReadOnlySpan<byte> bytes, IpAddress from, Instant now)
    {
        if (_state is DhcpState.Stopped or DhcpState.Bound || !DhcpMessage.TryRead(bytes, out DhcpMessage message)
            || message.Transaction != _transaction || message.HardwareAddress != _interface.LinkAddress)
            return;
        DhcpMessageType type = message.Type;
        IpAddress server = message.TryFind(DhcpOption.ServerIdentifier, out uint identifier) ? IpAddress.FromIpv4(identifier) : from;
        if (_state == DhcpState.Selecting)
        {
            if (type == DhcpMessageType.Offer && IsUsable(in message, out _))
                Accept(message.YourAddress, server, now);
            return;
        }

        // Any server may answer a REBINDING client; else the one that was chosen.
        if (_state != DhcpState.Rebinding && server != _server)
            return;
        if (type == DhcpMessageType.Ack && IsUsable(in message, out IpPrefix address))
        {
            _server = server;
            Bind(in message, address, now);
        }
        else if (type == DhcpMessageType.Nak)
        {
            Log.Warn(_interface.Name, $"the DHCP server refuses the address; asking for another");
            _offered = default;
            if (_interface.HasAddress)
                _interface.Unconfigure();
            Discover(now);
        }
    }

    // An address without a mask gets its class's, as RFC 950 had it before masks were given.
    private static bool IsUsable(in DhcpMessage message, out IpPrefix address)
    {
        IpAddress yours = message.YourAddress;
        int length = yours.Ipv4 >> 31 == 0 ? 8 : yours.Ipv4 >> 30 == 2 ? 16 : 24;
        if (message.TryFind(DhcpOption.SubnetMask, out uint mask) && !IpPrefix.TryLengthOfMask(mask, out length))
            length = 0;
        address = new IpPrefix(yours, length);
        return InterfaceConfiguration.IsHost(address);
    }

    private void Discover(Instant now)
    {
        _state = DhcpState.Selecting;
        _started = now;
        _attempt = 0;
        _transaction = (uint)_stack.NextRandom();
        SendDiscover(now);
    }

    private void Accept(IpAddress offered, IpAddress server, Instant now)
    {
        _offered = offered;
        _server = server;
        _state = DhcpState.Requesting;
        _attempt = 0;
        SendRequest(now);
    }

    private void Bind(in DhcpMessage message, IpPrefix address, Instant now)
    {
        bool isNew = !_interface.HasAddress || _interface.Address != address;
        _offered = address.Address;
        IpAddress gateway = message.TryFind(DhcpOption.Router, out uint router) ? IpAddress.FromIpv4(router) : default;
        IpAddress nameServer = message.TryFind(DhcpOption.DomainNameServer, out uint dns) ? IpAddress.FromIpv4(dns) : default;
        if (message.TryFind(DhcpOption.InterfaceMtu, out ReadOnlySpan<byte> mtu) && mtu.Length == 2)
            _interface.SetMtu(Math.Max(LeastMtu, (int)BinaryPrimitives.ReadUInt16BigEndian(mtu)));
        SetLease(in message, now);
        _state = DhcpState.Bound;
        Deadline = _renewAt;
        _interface.Configure(address, gateway, nameServer);
        if (!isNew)
            return;
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Span<byte> serverText = stackalloc byte[IpAddress.TextCapacity];
        Log.Info(_interface.Name, $"address {address.Address.Format(text)}/{address.Length} from DHCP server {_server.Format(serverText)}");
        _interface.OnUsable();
    }

    private void SetLease(in DhcpMessage message, Instant now)
    {
        if (!message.TryFind(DhcpOption.LeaseTime, out uint lease))
            lease = 3600;
        if (lease == uint.MaxValue)
        {
            _renewAt = _rebindAt = _expiresAt = Instant.Never;
            return;
        }

        long seconds = Math.Max(lease, LeastLeaseSeconds);
        long renew = message.TryFind(DhcpOption.RenewalTime, out uint t1) && t1 < seconds ? t1 : seconds / 2;
        long rebind = message.TryFind(DhcpOption.RebindingTime, out uint t2) && t2 < seconds && t2 >= renew ? t2 : Math.Max(renew, seconds * 7 / 8);
        _renewAt = now + Duration.FromSeconds(renew);
        _rebindAt = now + Duration.FromSeconds(rebind);
        _expiresAt = now + Duration.FromSeconds(seconds);
    }

    // RFC 2131, 4.4.5: half of the time that is left until T2, or until the end, but not less than a minute.
    private void Extend(Instant now)
    {
        if (_state == DhcpState.Bound)
        {
            _transaction = (uint)_stack.NextRandom();
            _started = now;
            _state = DhcpState.Renewing;
        }

        if (now >= _rebindAt)
            _state = DhcpState.Rebinding;
        Instant end = _state == DhcpState.Renewing ? _rebindAt : _expiresAt;
        long half = Math.Max((end - now).Nanoseconds / 2, Duration.FromSeconds(LeastRetrySeconds).Nanoseconds);
        Deadline = Instant.Earlier(now + new Duration(half), end);
        Send(DhcpMessageType.Request, now, clientAddress: _offered, toServer: _state == DhcpState.Renewing);
    }

    private void SendDiscover(Instant now)
    {
        Deadline = now + BackOff();
        Send(DhcpMessageType.Discover, now, clientAddress: default, toServer: false);
    }

    private void SendRequest(Instant now)
    {
        Deadline = now + BackOff();
        Send(DhcpMessageType.Request, now, clientAddress: default, toServer: false);
    }

    // RFC 2131, 4.1: 4, 8, 16, 32, then 64 seconds, each give or take one.
    private Duration BackOff()
    {
        long seconds = Math.Min(FirstBackOffSeconds << Math.Min(_attempt, 8), LongestBackOffSeconds);
        _attempt++;
        long jitter = (long)(_stack.NextRandom() % 2_000) - 1_000;
        return Duration.FromMilliseconds((seconds * 1_000) + jitter);
    }

    private void Send(DhcpMessageType type, Instant now, IpAddress clientAddress, bool toServer)
    {
        if (_interface.Pool.TryTake() is not { } buffer)
        {
            _interface.Drops.Count(DropCause.NoBuffer);
            return;
        }

        IpAddress source = clientAddress.IsIpv4 ? clientAddress : IpAddress.AnyIpv4;
        Destination? destination = _everyone;
        if (toServer)
            destination = _interface.FindDestination(_server);
        else
            _everyone.Set(source, IpAddress.BroadcastIpv4, _interface.LinkAddress, MacAddress.Broadcast);
        if (destination is null)
        {
            _interface.Drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        buffer.Offset += PayloadOffset;
        buffer.Length = LongestMessage;
        buffer.Length = Write(buffer.Data, type, now, source);
        _interface.SendUdp(buffer, destination, DhcpMessage.ClientPort, DhcpMessage.ServerPort);
    }

    // RFC 2131, table 5: which options go into which message.
    private int Write(Span<byte> bytes, DhcpMessageType type, Instant now, IpAddress source)
    {
        ushort seconds = (ushort)Math.Min((now - _started).Seconds, ushort.MaxValue);
        DhcpMessageWriter writer = new(bytes, type, _transaction, seconds, _interface.LinkAddress, source);
        Span<byte> identifier = stackalloc byte[1 + MacAddress.Size];
        identifier[0] = 1;
        _interface.LinkAddress.Write(identifier[1..]);
        writer.Append(DhcpOption.ClientIdentifier, identifier);
        if (_state is DhcpState.Selecting or DhcpState.Requesting && _offered.IsIpv4)
            writer.Append(DhcpOption.RequestedAddress, _offered);
        if (_state == DhcpState.Requesting)
            writer.Append(DhcpOption.ServerIdentifier, _server);
        writer.Append(DhcpOption.MaximumMessageSize, [LongestMessage >> 8, LongestMessage & 255]);
        writer.Append(
            DhcpOption.ParameterRequestList,
            [(byte)DhcpOption.SubnetMask, (byte)DhcpOption.Router, (byte)DhcpOption.DomainNameServer, (byte)DhcpOption.InterfaceMtu,
                (byte)DhcpOption.LeaseTime, (byte)DhcpOption.RenewalTime, (byte)DhcpOption.RebindingTime]);
        return writer.Finish();
    }
}
