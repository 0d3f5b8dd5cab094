using System;

namespace Guest.Net.Wire;

/// <summary>An address with the length of its network's prefix in bits: <c>10.0.0.2/24</c> (RFC 4632, 3.1). Of either version.</summary>
/// <param name="Address">The address, host bits and all.</param>
/// <param name="Length">0 to 32 for IPv4, 0 to 128 for IPv6.</param>
public readonly record struct IpPrefix(IpAddress Address, int Length)
{
    /// <summary>An IPv4 network's mask as a number.</summary>
    public uint MaskIpv4 => Length == 0 ? 0 : uint.MaxValue << (32 - Length);

    /// <summary>The address that reaches every host of an IPv4 network (RFC 919, 7), or none for a network without one (RFC 3021).</summary>
    public IpAddress DirectedBroadcast => Length >= 31 ? default : IpAddress.FromIpv4(Address.Ipv4 | ~MaskIpv4);

    /// <summary>Whether an address is in this network.</summary>
    public bool Contains(IpAddress other)
    {
        if (Address.IsIpv4 != other.IsIpv4)
            return false;
        if (Address.IsIpv4)
            return ((Address.Ipv4 ^ other.Ipv4) & MaskIpv4) == 0;
        ulong high = Length == 0 ? 0 : Length >= 64 ? ulong.MaxValue : ulong.MaxValue << (64 - Length);
        ulong low = Length <= 64 ? 0 : ulong.MaxValue << (128 - Length);
        return ((Address.High ^ other.High) & high) == 0 && ((Address.Low ^ other.Low) & low) == 0;
    }

    /// <summary>The length of a prefix from an IPv4 mask.</summary>
    /// <returns>False if the mask has ones behind a zero.</returns>
    public static bool TryLengthOfMask(uint mask, out int length)
    {
        length = System.Numerics.BitOperations.LeadingZeroCount(~mask);
        return length == 32 || mask << length == 0;
    }

    /// <summary>Reads <c>address/length</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        if (slash < 0 || !IpAddress.TryParse(text[..slash], out IpAddress address))
            return false;
        ReadOnlySpan<char> digits = text[(slash + 1)..];
        int length = 0;
        foreach (char c in digits)
        {
            if (c is < '0' or > '9')
                return false;
            length = (length * 10) + (c - '0');
            if (length > 128)
                return false;
        }

        if (digits.Length == 0 || length > (address.IsIpv4 ? 32 : 128))
            return false;
        prefix = new IpPrefix(address, length);
        return true;
    }
}
