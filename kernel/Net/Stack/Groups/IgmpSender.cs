using System;
using System.Buffers.Binary;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Writes and sends IGMP's messages, one at a time.</summary>
internal sealed class IgmpSender(NetworkInterface owner, TransmitQueue transmit)
{
    private const int MessageSize = 8;
    private const int RecordSize = 8;
    private const int ChecksumOffset = 2;
    private const int CountOffset = 6;

    // A header with one option: router alert, "examine this packet" (RFC 2113).
    private const int IpHeaderSize = Ipv4Header.Size + 4;
    private const byte VersionAndLength = 0x46;
    private const byte InternetworkControl = 0xc0;
    private const byte Hops = 1;
    private const uint RouterAlert = 0x94_04_00_00;

    private PacketBuffer? _report;
    private int _records;

    /// <summary>Begins a report.</summary>
    public void BeginReport()
    {
        _records = 0;
        _report = TryBegin(IgmpType.Version3Report, MessageSize + (GroupList.Capacity * RecordSize));
    }

    /// <summary>Says something of one group in it.</summary>
    public void AddRecord(GroupRecordType type, IpAddress group)
    {
        if (_report is not { } message)
            return;
        Span<byte> record = message.Data[(MessageSize + (_records++ * RecordSize))..];
        record[0] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(record[4..], group.Ipv4);
    }

    /// <summary>Sends it, if it says anything.</summary>
    public void SendReport()
    {
        if (_report is not { } message)
            return;
        _report = null;
        if (_records == 0)
        {
            message.Release();
            return;
        }

        message.Length = MessageSize + (_records * RecordSize);
        BinaryPrimitives.WriteUInt16BigEndian(message.Data[CountOffset..], (ushort)_records);
        Send(message, Ipv4Group.MembershipRouters);
    }

    /// <summary>Sends a message of an elder version.</summary>
    public void Send(IgmpType type, IpAddress group, IpAddress destination)
    {
        if (TryBegin(type, MessageSize) is not { } message)
            return;
        BinaryPrimitives.WriteUInt32BigEndian(message.Data[4..], group.Ipv4);
        Send(message, destination);
    }

    private PacketBuffer? TryBegin(IgmpType type, int length)
    {
        if (!owner.LinkUp || owner.Pool.TryTake() is not { } message)
        {
            owner.Drops.Count(owner.LinkUp ? DropCause.NoBuffer : DropCause.LinkDown);
            return null;
        }

        message.Offset += EthernetHeader.Size + IpHeaderSize;
        message.Length = length;
        message.Data.Clear();
        message.Data[0] = (byte)type;
        return message;
    }

    private void Send(PacketBuffer message, IpAddress destination)
    {
        WriteSum(message.Data, ChecksumOffset);
        int length = IpHeaderSize + message.Length;
        message.Offset -= EthernetHeader.Size + IpHeaderSize;
        message.Length += EthernetHeader.Size + IpHeaderSize;
        new EthernetHeader(Ipv4Group.LinkAddress(destination), owner.LinkAddress, EtherType.Ipv4).Write(message.Data);
        Span<byte> ip = message.Data.Slice(EthernetHeader.Size, IpHeaderSize);
        ip.Clear();
        ip[0] = VersionAndLength;
        ip[1] = InternetworkControl;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], Ipv4Header.DontFragment);
        ip[8] = Hops;
        ip[9] = (byte)IpProtocol.Igmp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], owner.HasAddress ? owner.Address.Address.Ipv4 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination.Ipv4);
        BinaryPrimitives.WriteUInt32BigEndian(ip[20..], RouterAlert);
        WriteSum(ip, offset: 10);
        transmit.Add(message);
    }

    private void WriteSum(Span<byte> bytes, int offset) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], (ushort)~InternetChecksum.Fold(InternetChecksum.Sum(owner.Counters, bytes)));
}
