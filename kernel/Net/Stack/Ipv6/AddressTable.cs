using System.Numerics;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>An interface's IPv6 addresses, and which of them speaks to whom.</summary>
internal sealed class AddressTable
{
    /// <summary>The most addresses that an interface has: whoever advertises prefixes by the thousand fills no more.</summary>
    public const int Capacity = 8;

    private const int InterfaceOrLinkScope = 2;

    private readonly InterfaceAddress[] _addresses = new InterfaceAddress[Capacity];

    /// <summary>Makes an empty table.</summary>
    public AddressTable()
    {
        for (int i = 0; i < Capacity; i++)
            _addresses[i] = new InterfaceAddress();
    }

    /// <summary>A place, which may be free.</summary>
    public InterfaceAddress this[int index] => _addresses[index];

    /// <summary>A place that is free, or null.</summary>
    public InterfaceAddress? Free
    {
        get
        {
            foreach (InterfaceAddress address in _addresses)
            {
                if (address.State == AddressState.Free)
                    return address;
            }

            return null;
        }
    }

    /// <summary>The address that is good on the link alone, if it may be used.</summary>
    public InterfaceAddress? LinkLocal
    {
        get
        {
            foreach (InterfaceAddress address in _addresses)
            {
                if (address.IsUsable && address.Address.IsLinkLocal)
                    return address;
            }

            return null;
        }
    }

    /// <summary>One that is good beyond the link, if there is one that may be used.</summary>
    public InterfaceAddress? Global
    {
        get
        {
            foreach (InterfaceAddress address in _addresses)
            {
                if (address.IsUsable && !address.Address.IsLinkLocal)
                    return address;
            }

            return null;
        }
    }

    /// <summary>The entry of an address, be it tentative; null if it is not the interface's.</summary>
    public InterfaceAddress? Find(IpAddress address)
    {
        foreach (InterfaceAddress entry in _addresses)
        {
            if (entry.State != AddressState.Free && entry.Address == address)
                return entry;
        }

        return null;
    }

    /// <summary>Whether packets for an address are this host's.</summary>
    public bool IsOurs(IpAddress address) => Find(address) is { IsUsable: true };

    /// <summary>Whether packets for a group are this host's too: every host's, and those in which its addresses are asked for.</summary>
    public bool IsJoined(IpAddress group)
    {
        if (Ipv6Group.IsAllNodes(group))
            return true;
        foreach (InterfaceAddress entry in _addresses)
        {
            if (entry.State != AddressState.Free && Ipv6Group.SolicitedNode(entry.Address) == group)
                return true;
        }

        return false;
    }

    /// <summary>The address from which a destination is spoken to (RFC 6724, 5: rules 1 to 3 and 8).</summary>
    /// <returns>Null if there is none of the scope that it takes.</returns>
    public InterfaceAddress? SelectSource(IpAddress destination)
    {
        bool onLink = IsOnLinkAlone(destination);
        InterfaceAddress? best = null;
        int bestRank = -1;
        foreach (InterfaceAddress candidate in _addresses)
        {
            if (!candidate.IsUsable || (candidate.Address.IsLinkLocal && !onLink))
                continue;
            int rank = CommonPrefix(candidate.Address, destination)
                + (candidate.State == AddressState.Preferred ? 256 : 0)
                + (candidate.Address.IsLinkLocal == onLink ? 512 : 0);
            if (rank > bestRank)
                (best, bestRank) = (candidate, rank);
        }

        return best;
    }

    private static bool IsOnLinkAlone(IpAddress address) =>
        address.IsLinkLocal || (address.IsMulticast && ((int)(address.High >> 48) & 15) <= InterfaceOrLinkScope);

    private static int CommonPrefix(IpAddress a, IpAddress b)
    {
        ulong high = a.High ^ b.High;
        return high != 0 ? BitOperations.LeadingZeroCount(high) : 64 + BitOperations.LeadingZeroCount(a.Low ^ b.Low);
    }
}
