using System;
using System.Buffers.Binary;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>What routers say of packets on their ways: above all that one was too long (RFC 8201). They are believed if the packet can be one that
/// was sent.</summary>
/// <remarks>Nothing proves that: whoever sees, or guesses, what is sent can lie. So the quoted packet must be from an address and a port of
/// this host, and longer than what it is said to be too long for; and nothing below 1280 bytes is believed. TCP, whose numbers are hard to guess, judges for
/// itself, and for the one connection.</remarks>
internal sealed unsafe class PathDiscovery
{
    private const int MtuOffset = 4;
    private const int QuoteOffset = IcmpHeader.Size;
    private const int PortsSize = 4;
    private const int TcpQuoted = 8;

    private readonly Ipv6Layer _ipv6;
    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly DropCounters _drops;
    private readonly PathMtus _paths = new();
    private readonly RateLimiter _changes = new(50, Duration.FromMilliseconds(10));
    private readonly Timer _expiry;

    /// <summary>Makes that of an interface.</summary>
    public PathDiscovery(Ipv6Layer ipv6, NetworkInterface owner, NetworkStack stack)
    {
        _ipv6 = ipv6;
        _interface = owner;
        _stack = stack;
        _drops = owner.Drops;
        _expiry = new Timer(stack.Timers, OnTimer);
    }

    /// <summary>The longest packet to an address that gets through as far as is known, in bytes.</summary>
    public int Find(IpAddress address) => _paths.Find(address, _interface.Mtu);

    /// <summary>Forgets everything: the link changed.</summary>
    public void Clear()
    {
        _paths.Clear();
        _expiry.Stop();
    }

    /// <summary>Takes a message "packet too big" (RFC 4443, 3.2) whose sum is right.</summary>
    public void Input(PacketBuffer buffer)
    {
        PacketChain.Gather(buffer, QuoteOffset + Ipv6Header.Size + FragmentHeader.Size + TcpQuoted);
        ReadOnlySpan<byte> message = buffer.Data;
        if (!Ipv6Header.TryRead(message[QuoteOffset..], out Ipv6Header quoted))
        {
            _drops.Drop(buffer, DropCause.Truncated);
            return;
        }

        uint mtu = BinaryPrimitives.ReadUInt32BigEndian(message[MtuOffset..]);
        IpAddress address = quoted.Destination;
        if (mtu < Ipv6Header.MinimumMtu || mtu >= Find(address) || mtu >= Ipv6Header.Size + quoted.PayloadLength.Value
            || !IsOurs(quoted, message[(QuoteOffset + Ipv6Header.Size)..]))
        {
            _drops.Drop(buffer, DropCause.Malformed);
        }
        else if (quoted.NextHeader == IpProtocol.Tcp)
        {
            TellTcp(IcmpUnreachable.FragmentationNeeded, (int)mtu, in quoted, message);
            buffer.Release();
        }
        else if (!_changes.TryTake(_interface.Now))
        {
            _drops.Drop(buffer, DropCause.RateLimited);
        }
        else
        {
            buffer.Release();
            _expiry.StartBy(_paths.Learn(address, (int)mtu, _interface.Now));
            _interface.InvalidateDestinations();
        }
    }

    /// <summary>Takes a message "destination unreachable" (RFC 4443, 3.1) whose sum is right.</summary>
    public void InputUnreachable(PacketBuffer buffer)
    {
        const int CodeOffset = 1;
        PacketChain.Gather(buffer, QuoteOffset + Ipv6Header.Size + TcpQuoted);
        ReadOnlySpan<byte> message = buffer.Data;
        if (!Ipv6Header.TryRead(message[QuoteOffset..], out Ipv6Header quoted) || quoted.NextHeader != IpProtocol.Tcp)
            return;
        bool isPort = message[CodeOffset] == (byte)Icmpv6Unreachable.Port;
        TellTcp(isPort ? IcmpUnreachable.Port : IcmpUnreachable.Host, mtu: 0, in quoted, message);
    }

    private void TellTcp(IcmpUnreachable code, int mtu, in Ipv6Header quoted, ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> carried = message[(QuoteOffset + Ipv6Header.Size)..];
        if (carried.Length >= TcpQuoted)
            _interface.Tcp.InputError(code, mtu, quoted.Source, quoted.Destination, carried[..TcpQuoted]);
    }

    private bool IsOurs(in Ipv6Header quoted, ReadOnlySpan<byte> carried)
    {
        if (quoted.Version != 6 || !_ipv6.Addresses.IsOurs(quoted.Source) || quoted.Destination.IsMulticast)
            return false;
        IpProtocol protocol = quoted.NextHeader;
        if (protocol == IpProtocol.Fragment && carried.Length >= FragmentHeader.Size)
        {
            protocol = (IpProtocol)carried[0];
            carried = carried[FragmentHeader.Size..];
        }

        return protocol switch
        {
            IpProtocol.Icmpv6 => carried.Length != 0 && carried[0] == (byte)Icmpv6Type.EchoReply,
            IpProtocol.Udp => carried.Length >= PortsSize
                && _stack.Endpoints.IsTaken(protocol, quoted.Source, BinaryPrimitives.ReadUInt16BigEndian(carried)),
            IpProtocol.Tcp => true,
            _ => false,
        };
    }

    private void OnTimer(Instant now)
    {
        if (_paths.Expire(now, out Instant earliest))
            _interface.InvalidateDestinations();
        _expiry.Start(earliest);
    }
}
