using System;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Leases the interface's address (RFC 2131), for as long as there is a link, and never gives up.</summary>
/// <remarks>
/// Differs from the letter in two places, to be up sooner: the first DISCOVER is not delayed by up to ten seconds (4.4.1), and the
/// address is not probed by ARP before it is used (4.4.1); a conflict is reported when it shows.
/// <para>A server is believed only so far: whatever it says, questions get rarer as long as it goes wrong (4.1), until a lease has lived
/// long enough to be extended.</para>
/// </remarks>
internal sealed class DhcpClient
{
    private const int AttemptsToRequest = 4;
    private const int LongestBackOffSeconds = 64;
    private const int FirstBackOffSeconds = 4;
    private const int LeastRetrySeconds = 60;
    private const int PayloadOffset = Destination.Ipv4HeadersSize + UdpHeader.Size;
    private const int LongestMessage = 576;

    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly Destination _everyone;
    private readonly Timer _timer;
    private NetworkSettings _settings = new();
    private NetworkSettings _spare = new();
    private DhcpState _state;
    private uint _transaction;
    private int _attempt;
    private int _restarts;
    private int _passedOver;
    private DhcpTrouble _whyPassedOver;
    private Instant _started;
    private DhcpLeaseTimes _lease;
    private IpAddress _server;
    private IpAddress _offered;
    private IpPrefix _told;

    public DhcpClient(NetworkInterface owner, Destination everyone, NetworkStack stack)
    {
        _interface = owner;
        _stack = stack;
        _everyone = everyone;
        _timer = new Timer(stack.Timers, OnTimer);
        everyone.IsReady = true;
    }

    /// <summary>What went wrong so far.</summary>
    public DhcpTroubles Troubles { get; } = new();

    /// <summary>The link is up: whatever was leased may belong to another network, so it starts anew, and asks for the same
    /// address.</summary>
    public void Start(Instant now)
    {
        if (_interface.HasAddress)
            _interface.Unconfigure();
        _restarts = 0;
        Discover(now);
    }

    /// <summary>The link is down.</summary>
    public void Stop()
    {
        _state = DhcpState.Stopped;
        _timer.Stop();
    }

    /// <summary>Takes a message that came from a server's port.</summary>
    public void Input(ReadOnlySpan<byte> bytes, IpAddress from, Instant now)
    {
        if (_state is DhcpState.Stopped or DhcpState.Waiting or DhcpState.Bound || !DhcpMessage.TryRead(bytes, out DhcpMessage message)
            || message.Transaction != _transaction || message.HardwareAddress != _interface.LinkAddress)
            return;
        DhcpMessageType type = message.Type;
        IpAddress server = message.TryFind(DhcpOption.ServerIdentifier, out uint identifier) ? IpAddress.FromIpv4(identifier) : from;
        if (_state == DhcpState.Selecting)
        {
            if (type != DhcpMessageType.Offer)
                return;
            if (IsUsable(in message, server, now, out _, out _))
                Accept(message.YourAddress, server, now);
            else
                _passedOver++;
            return;
        }

        // Any server may answer a REBINDING client; else the one that was chosen.
        if (_state != DhcpState.Rebinding && server != _server)
            return;
        if (type == DhcpMessageType.Ack && IsUsable(in message, server, now, out IpPrefix address, out DhcpLeaseTimes lease))
        {
            _server = server;
            Bind(in message, address, in lease);
        }
        else if (type == DhcpMessageType.Nak)
        {
            if (Troubles.Count(DhcpTrouble.Refused))
                Log.Warn(_interface.Name, $"the DHCP server refuses the address; asking for another");
            _offered = default;
            Restart(now);
        }
    }

    /// <summary>Sends what is due.</summary>
    private void OnTimer(Instant now)
    {
        switch (_state)
        {
            case DhcpState.Waiting:
                Discover(now);
                break;
            case DhcpState.Selecting:
                TellOfSilence(now);
                SendDiscover(now);
                break;
            case DhcpState.Requesting when _attempt < AttemptsToRequest:
                SendRequest(now);
                break;
            case DhcpState.Requesting:
                if (Troubles.Count(DhcpTrouble.NotConfirmed))
                    Log.Warn(_interface.Name, $"the DHCP server does not confirm its offer; asking again for offers");
                Discover(now);
                break;
            case DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding when now >= _lease.End:
                if (Troubles.Count(DhcpTrouble.Expired))
                    Log.Warn(_interface.Name, $"the DHCP lease has expired; the address is given up");
                Restart(now);
                break;
            case DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding:
                Extend(now);
                break;
            default:
                break;
        }
    }

    private bool IsUsable(in DhcpMessage message, IpAddress server, Instant now, out IpPrefix address, out DhcpLeaseTimes lease)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Span<byte> serverText = stackalloc byte[IpAddress.TextCapacity];
        if (!DhcpLeaseTimes.TryRead(in message, now, out lease))
        {
            if (CountUnusable(DhcpTrouble.BadLease))
                Log.Warn(_interface.Name, $"an offer of DHCP server {server.Format(serverText)} is passed over: a lease of 0 s");
            address = default;
            return false;
        }

        if (DhcpSettings.TryReadAddress(in message, out address))
            return true;
        if (CountUnusable(DhcpTrouble.BadAddress))
        {
            message.TryFind(DhcpOption.SubnetMask, out uint mask);
            Span<byte> maskText = stackalloc byte[IpAddress.TextCapacity];
            Log.Warn(
                _interface.Name,
                $"an offer of DHCP server {server.Format(serverText)} is passed over: no host can have the address "
                + $"{address.Address.Format(text)} with the mask {IpAddress.FromIpv4(mask).Format(maskText)}");
        }

        return false;
    }

    private bool CountUnusable(DhcpTrouble why)
    {
        _whyPassedOver = why;
        return Troubles.Count(why);
    }

    /// <summary>Says that a time to wait for offers is over: nobody answered, or nobody with an offer that can be used.</summary>
    private void TellOfSilence(Instant now)
    {
        long seconds = (now - _started).Seconds;
        if (_passedOver == 0)
        {
            if (Troubles.Count(DhcpTrouble.NoAnswer))
                Log.Warn(_interface.Name, $"no answer from a DHCP server in {seconds} s; still asking");
        }
        else if (Troubles.Count(DhcpTrouble.NoUsableOffer))
        {
            string why = _whyPassedOver == DhcpTrouble.BadLease ? "a lease of 0 s" : "an address that no host can have";
            Log.Warn(_interface.Name, $"no offer that can be used from a DHCP server in {seconds} s, {_passedOver} passed over, the last for {why}; still asking");
        }
    }

    /// <summary>Begins anew after the address was lost: at once the first time, then after longer and longer pauses.</summary>
    private void Restart(Instant now)
    {
        if (_interface.HasAddress)
            _interface.Unconfigure();
        if (_restarts++ == 0)
        {
            Discover(now);
            return;
        }

        _state = DhcpState.Waiting;
        _timer.Start(now + BackOff(_restarts - 2));
    }

    private void Discover(Instant now)
    {
        _state = DhcpState.Selecting;
        _started = now;
        _attempt = 0;
        _passedOver = 0;
        _transaction = _stack.Random.NextUInt32();
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

    private void Bind(in DhcpMessage message, IpPrefix address, in DhcpLeaseTimes lease)
    {
        if (_state is DhcpState.Renewing or DhcpState.Rebinding)
        {
            _restarts = 0;
            Troubles.Forget();
        }

        bool isNew = !_interface.HasAddress || _interface.Address != address;
        _offered = address.Address;
        _lease = lease;
        _state = DhcpState.Bound;
        _timer.Start(lease.Renewal);

        // The settings in use are the interface's; the others are written over.
        (_settings, _spare) = (_spare, _settings);
        bool routesMakeSense = DhcpSettings.Read(in message, address, _settings, out int surplus);
        if ((surplus != 0 || !routesMakeSense) && Troubles.Count(DhcpTrouble.RoutesLeftOut))
        {
            if (surplus != 0)
                Log.Warn(_interface.Name, $"{surplus} of the DHCP server's routes are left out: there is room for {RouteTable.Capacity}");
            if (!routesMakeSense)
                Log.Warn(_interface.Name, $"some of the DHCP server's routes make no sense, and are left out");
        }

        if (lease.IsTooShort && Troubles.Count(DhcpTrouble.ShortLease))
            Log.Warn(_interface.Name, $"the DHCP server's lease is shorter than {DhcpLeaseTimes.LeastRenewalSeconds + 1} s: it is not extended, but asked for anew when it has ended");
        _interface.Configure(_settings);
        if (!isNew)
            return;
        if (_told != address)
        {
            _told = address;
            Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
            Span<byte> serverText = stackalloc byte[IpAddress.TextCapacity];
            Log.Info(_interface.Name, $"address {address.Address.Format(text)}/{address.Length} from DHCP server {_server.Format(serverText)}");
        }

        _interface.OnUsable();
    }

    // RFC 2131, 4.4.5: half of the time that is left until T2, or until the end, but not less than a minute.
    private void Extend(Instant now)
    {
        if (_state == DhcpState.Bound)
        {
            _transaction = _stack.Random.NextUInt32();
            _started = now;
            _state = DhcpState.Renewing;
        }

        if (now >= _lease.Rebinding)
            _state = DhcpState.Rebinding;
        Instant end = _state == DhcpState.Renewing ? _lease.Rebinding : _lease.End;
        long half = Math.Max((end - now).Nanoseconds / 2, Duration.FromSeconds(LeastRetrySeconds).Nanoseconds);
        _timer.Start(Instant.Earlier(now + new Duration(half), end));
        Send(DhcpMessageType.Request, now, clientAddress: _offered, toServer: _state == DhcpState.Renewing);
    }

    private void SendDiscover(Instant now)
    {
        _timer.Start(now + BackOff(_attempt++));
        Send(DhcpMessageType.Discover, now, clientAddress: default, toServer: false);
    }

    private void SendRequest(Instant now)
    {
        _timer.Start(now + BackOff(_attempt++));
        Send(DhcpMessageType.Request, now, clientAddress: default, toServer: false);
    }

    // RFC 2131, 4.1: 4, 8, 16, 32, then 64 seconds, each give or take one.
    private Duration BackOff(int attempt)
    {
        long seconds = Math.Min(FirstBackOffSeconds << Math.Min(attempt, 8), LongestBackOffSeconds);
        long jitter = _stack.Random.NextBelow(2_000) - 1_000L;
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
            _everyone.Set(source, IpAddress.BroadcastIpv4, _interface.LinkAddress, MacAddress.Broadcast, _interface.Mtu);
        if (destination is null)
        {
            _interface.Drops.Drop(buffer, DropCause.NoRoute);
            return;
        }

        buffer.Offset += PayloadOffset;
        buffer.Length = LongestMessage;
        buffer.Length = Write(buffer.Data, type, now, source);
        _interface.Udp.Send(buffer, destination, DhcpMessage.ClientPort, DhcpMessage.ServerPort);
    }

    // RFC 2131, table 5: which options go into which message. Classless routes are asked for before the router (RFC 3442).
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
            [(byte)DhcpOption.SubnetMask, (byte)DhcpOption.ClasslessRoutes, (byte)DhcpOption.Router, (byte)DhcpOption.DomainNameServer,
                (byte)DhcpOption.DomainName, (byte)DhcpOption.DomainSearch, (byte)DhcpOption.InterfaceMtu, (byte)DhcpOption.NtpServers,
                (byte)DhcpOption.LeaseTime, (byte)DhcpOption.RenewalTime, (byte)DhcpOption.RebindingTime]);
        return writer.Finish();
    }
}
