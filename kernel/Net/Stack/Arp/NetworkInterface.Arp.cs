using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>ARP (RFC 826), announcements and the defence of the address (RFC 5227, 2.3 and 2.4).</summary>
/// <remarks>The address is not probed before it is used (RFC 5227, 2.1): that would take seconds of each start. A conflict is
/// found when the other host speaks.</remarks>
public sealed unsafe partial class NetworkInterface : INeighbourLink
{
    private readonly RateLimiter _defences = new(1, Duration.FromSeconds(10));

    void INeighbourLink.Solicit(IpAddress target, MacAddress linkAddress) =>
        SendArp(ArpOperation.Request, linkAddress, default, target);

    void INeighbourLink.Transmit(PacketBuffer frame, MacAddress destination)
    {
        if (!_linkUp)
        {
            Drops.Drop(frame, DropCause.LinkDown);
            return;
        }

        destination.Write(frame.Data);
        _transmit.Add(frame);
    }

    void INeighbourLink.InvalidateDestinations() => InvalidateDestinations();

    private void InputArp(PacketBuffer buffer)
    {
        if (!ArpPacket.TryRead(buffer.Data[EthernetHeader.Size..], out ArpPacket packet))
        {
            Drops.Drop(buffer, DropCause.Malformed);
            return;
        }

        MacAddress sender = packet.SenderHardware;
        if (sender == _linkAddress)
        {
            Drops.Drop(buffer, DropCause.Looping);
        }
        else if (sender.IsMulticast || sender.Bits == 0)
        {
            Drops.Drop(buffer, DropCause.Malformed);
        }
        else if (!HasAddress)
        {
            Drops.Drop(buffer, DropCause.NotForUs);
        }
        else if (packet.SenderProtocol == Address.Address)
        {
            Drops.Drop(buffer, DropCause.Looping);
            Defend(sender);
        }
        else
        {
            InputArp(buffer, in packet);
        }
    }

    private void InputArp(PacketBuffer buffer, in ArpPacket packet)
    {
        bool forUs = packet.TargetProtocol == Address.Address;
        bool asks = forUs && packet.Operation == ArpOperation.Request;
        IpAddress from = packet.SenderProtocol;

        // A router may lie outside the interface's network: whoever was asked is believed, and only others must be of the network.
        bool inNetwork = Address.Contains(from) && InterfaceConfiguration.IsHost(new IpPrefix(from, Address.Length));
        if (InterfaceConfiguration.IsHost(new IpPrefix(from, 32)))
            _neighbours.Learn(from, packet.SenderHardware, create: asks && inNetwork, _now);
        if (!asks)
        {
            // Not an error: the answer to our request, or news about somebody we may know.
            buffer.Release();
            return;
        }

        if (!_linkUp)
        {
            Drops.Drop(buffer, DropCause.LinkDown);
            return;
        }

        // The request's own buffer becomes the reply.
        WriteArp(buffer, ArpOperation.Reply, packet.SenderHardware, packet.SenderHardware, from);
        _transmit.Add(buffer);
    }

    /// <summary>Tells everyone on the link which link address the interface's address has (RFC 5227, 2.3).</summary>
    private void Announce() => SendArp(ArpOperation.Request, MacAddress.Broadcast, default, Address.Address);

    private void Defend(MacAddress other)
    {
        if (!_defences.TryTake(_now))
            return;
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Span<byte> link = stackalloc byte[MacAddress.TextCapacity];
        Log.Warn(Name, $"address conflict: {other.Format(link)} also uses {Address.Address.Format(text)}; keeping it");
        Announce();
    }

    private void SendArp(ArpOperation operation, MacAddress destination, MacAddress target, IpAddress targetProtocol)
    {
        if (!_linkUp || _pool.TryTake() is not { } buffer)
        {
            Drops.Count(_linkUp ? DropCause.NoBuffer : DropCause.LinkDown);
            return;
        }

        WriteArp(buffer, operation, destination, target, targetProtocol);
        _transmit.Add(buffer);
    }

    private void WriteArp(PacketBuffer buffer, ArpOperation operation, MacAddress destination, MacAddress target, IpAddress targetProtocol)
    {
        buffer.Length = EthernetHeader.Size + ArpPacket.Size;
        buffer.ChecksumStart = 0;
        buffer.Next?.Release();
        buffer.Next = null;
        new EthernetHeader(destination, _linkAddress, EtherType.Arp).Write(buffer.Data);
        new ArpPacket(operation, _linkAddress, Address.Address, target, targetProtocol).Write(buffer.Data[EthernetHeader.Size..]);
    }
}
