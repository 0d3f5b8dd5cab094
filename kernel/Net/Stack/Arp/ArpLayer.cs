using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>ARP (RFC 826), announcements and the defence of the address (RFC 5227, 2.3 and 2.4).</summary>
/// <remarks>The address is not probed before it is used (RFC 5227, 2.1): that would take seconds of each start. A conflict is
/// found when the other host speaks.</remarks>
internal sealed class ArpLayer : INeighbourProtocol
{
    private readonly NetworkInterface _interface;
    private readonly TransmitQueue _transmit;
    private readonly DropCounters _drops;
    private readonly NeighbourCache _neighbours;
    private readonly RateLimiter _defences = new(1, Duration.FromSeconds(10));

    /// <summary>Makes the layer of an interface.</summary>
    public ArpLayer(NetworkInterface owner, TransmitQueue transmit, NeighbourCache neighbours)
    {
        _interface = owner;
        _transmit = transmit;
        _drops = owner.Drops;
        _neighbours = neighbours;
        neighbours.Arp = this;
    }

    void INeighbourProtocol.Solicit(IpAddress target, MacAddress linkAddress) =>
        Send(ArpOperation.Request, linkAddress, default, target);

    /// <summary>Takes a frame.</summary>
    public void Input(PacketBuffer buffer)
    {
        if (!ArpPacket.TryRead(buffer.Data[EthernetHeader.Size..], out ArpPacket packet))
        {
            _drops.Drop(buffer, DropCause.Malformed);
            return;
        }

        MacAddress sender = packet.SenderHardware;
        if (sender == _interface.LinkAddress)
        {
            _drops.Drop(buffer, DropCause.Looping);
        }
        else if (sender.IsMulticast || sender.Bits == 0)
        {
            _drops.Drop(buffer, DropCause.Malformed);
        }
        else if (!_interface.HasAddress)
        {
            _drops.Drop(buffer, DropCause.NotForUs);
        }
        else if (packet.SenderProtocol == _interface.Address.Address)
        {
            _drops.Drop(buffer, DropCause.Looping);
            Defend(sender);
        }
        else
        {
            Input(buffer, in packet);
        }
    }

    private void Input(PacketBuffer buffer, in ArpPacket packet)
    {
        bool forUs = packet.TargetProtocol == _interface.Address.Address;
        bool asks = forUs && packet.Operation == ArpOperation.Request;
        IpAddress from = packet.SenderProtocol;

        // A router may lie outside the interface's network: whoever was asked is believed, and only others must be of the network.
        bool inNetwork = _interface.Address.Contains(from) && InterfaceConfiguration.IsHost(new IpPrefix(from, _interface.Address.Length));
        if (InterfaceConfiguration.IsHost(new IpPrefix(from, 32)))
            _neighbours.Learn(from, packet.SenderHardware, create: asks && inNetwork, _interface.Now);
        if (!asks)
        {
            // Not an error: the answer to our request, or news about somebody we may know.
            buffer.Release();
            return;
        }

        if (!_interface.LinkUp)
        {
            _drops.Drop(buffer, DropCause.LinkDown);
            return;
        }

        // The request's own buffer becomes the reply.
        Write(buffer, ArpOperation.Reply, packet.SenderHardware, packet.SenderHardware, from);
        _transmit.Add(buffer);
    }

    /// <summary>Tells everyone on the link which link address the interface's address has (RFC 5227, 2.3).</summary>
    public void Announce() => Send(ArpOperation.Request, MacAddress.Broadcast, default, _interface.Address.Address);

    private void Defend(MacAddress other)
    {
        if (!_defences.TryTake(_interface.Now))
            return;
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Span<byte> link = stackalloc byte[MacAddress.TextCapacity];
        Log.Warn(_interface.Name, $"address conflict: {other.Format(link)} also uses {_interface.Address.Address.Format(text)}; keeping it");
        Announce();
    }

    private void Send(ArpOperation operation, MacAddress destination, MacAddress target, IpAddress targetProtocol)
    {
        if (!_interface.LinkUp || _interface.Pool.TryTake() is not { } buffer)
        {
            _drops.Count(_interface.LinkUp ? DropCause.NoBuffer : DropCause.LinkDown);
            return;
        }

        Write(buffer, operation, destination, target, targetProtocol);
        _transmit.Add(buffer);
    }

    private void Write(PacketBuffer buffer, ArpOperation operation, MacAddress destination, MacAddress target, IpAddress targetProtocol)
    {
        buffer.Length = EthernetHeader.Size + ArpPacket.Size;
        buffer.ChecksumStart = 0;
        buffer.Next?.Release();
        buffer.Next = null;
        new EthernetHeader(destination, _interface.LinkAddress, EtherType.Arp).Write(buffer.Data);
        new ArpPacket(operation, _interface.LinkAddress, _interface.Address.Address, target, targetProtocol).Write(buffer.Data[EthernetHeader.Size..]);
    }
}
