using System.Runtime.InteropServices;

namespace Guest.Net.Wire;

/// <summary>The header of an IPv6 fragment (RFC 8200, 4.5).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct FragmentHeader(IpProtocol nextHeader, int offset, bool hasMore, uint identification)
{
    /// <summary>Bytes in the header.</summary>
    public const int Size = 8;

    private const int OffsetMask = 0xfff8;

    /// <summary>What the datagram's fragmentable part begins with.</summary>
    public readonly IpProtocol NextHeader = nextHeader;

    private readonly byte _reserved;
    private readonly BigEndian16 _offsetAndMore = BigEndian16.From((offset & OffsetMask) | (hasMore ? 1 : 0));

    /// <summary>What the fragments of one datagram have in common.</summary>
    public readonly BigEndian32 Identification = new(identification);

    /// <summary>Where in the fragmentable part this fragment begins, in bytes.</summary>
    public int Offset => _offsetAndMore.Value & OffsetMask;

    /// <summary>Whether another fragment follows this one.</summary>
    public bool HasMore => (_offsetAndMore.Value & 1) != 0;
}
