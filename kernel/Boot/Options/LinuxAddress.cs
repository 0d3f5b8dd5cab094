using System;
using Guest.Net.Wire;

namespace Guest.Boot;

/// <summary>The value of <c>ip=</c> as Linux takes it (Documentation/admin-guide/nfs/nfsroot.rst):
/// <c>client:server:gateway:netmask:hostname:device:autoconf:dns0:dns1:ntp0</c>, each of which may be empty, or the word for autoconf alone.</summary>
/// <remarks>The boot server, the names, the second name server and the time server have no meaning here. A machine's first card is the one meant,
/// whatever the device's name is.</remarks>
internal readonly ref struct LinuxAddress
{
    private const int GatewayField = 2;
    private const int MaskField = 3;
    private const int AutoconfField = 6;
    private const int NameServerField = 7;

    private readonly ReadOnlySpan<char> _value;

    private LinuxAddress(ReadOnlySpan<char> value) => _value = value;

    /// <summary>Whether a value is of this form rather than an address with its prefix's length.</summary>
    public static bool IsForm(ReadOnlySpan<char> value) => IsAutomatic(value) || IsNone(value) || value.Contains(':');

    /// <summary>Whether a word asks for DHCP.</summary>
    public static bool IsAutomatic(ReadOnlySpan<char> word) => word is "dhcp" or "on" or "any" or "both" or "bootp";

    /// <summary>Whether a word forbids it.</summary>
    public static bool IsNone(ReadOnlySpan<char> word) => word is "off" or "none";

    /// <summary>Says in this kernel's own words what a value means.</summary>
    /// <param name="value">The value.</param>
    /// <param name="ip"><c>dhcp</c>, an address with its prefix's length, or null: no network at all.</param>
    /// <param name="gateway">The router, or null.</param>
    /// <param name="nameServer">The name server, or null.</param>
    /// <returns>False if it means nothing.</returns>
    public static bool TryTranslate(ReadOnlySpan<char> value, out string? ip, out string? gateway, out string? nameServer)
    {
        ip = gateway = nameServer = null;
        if (!value.Contains(':'))
        {
            if (IsAutomatic(value))
                ip = "dhcp";
            return IsAutomatic(value) || IsNone(value);
        }

        LinuxAddress form = new(value);
        ReadOnlySpan<char> client = form.Field(0);
        ReadOnlySpan<char> autoconf = form.Field(AutoconfField);
        bool isUnset = client.IsEmpty || client is "0.0.0.0";
        if (!autoconf.IsEmpty && !IsAutomatic(autoconf) && !IsNone(autoconf))
            return false;
        if (IsAutomatic(autoconf) || (isUnset && !IsNone(autoconf)))
        {
            ip = "dhcp";
            return true;
        }

        if (isUnset)
            return true;
        if (!IpAddress.TryParse(client, out IpAddress address) || !address.IsIpv4 || !TryLength(form.Field(MaskField), address, out int length))
            return false;
        ip = string.Concat(new string(client), "/", length.ToString());
        gateway = form.Optional(GatewayField);
        nameServer = form.Optional(NameServerField);
        return true;
    }

    /// <summary>The length of the prefix by a mask, or by the class of an address without one, as Linux does.</summary>
    private static bool TryLength(ReadOnlySpan<char> mask, IpAddress address, out int length)
    {
        if (mask.IsEmpty)
        {
            uint first = address.Ipv4 >> 24;
            length = first < 128 ? 8 : first < 192 ? 16 : 24;
            return true;
        }

        if (IpAddress.TryParse(mask, out IpAddress bits))
            return IpPrefix.TryLengthOfMask(bits.Ipv4, out length) && bits.IsIpv4;
        return int.TryParse(mask, out length) && length is > 0 and <= 32;
    }

    private string? Optional(int index)
    {
        ReadOnlySpan<char> field = Field(index);
        return field.IsEmpty || field is "0.0.0.0" ? null : new string(field);
    }

    private ReadOnlySpan<char> Field(int index)
    {
        ReadOnlySpan<char> rest = _value;
        for (; index > 0; index--)
        {
            int colon = rest.IndexOf(':');
            if (colon < 0)
                return default;
            rest = rest[(colon + 1)..];
        }

        int end = rest.IndexOf(':');
        return end < 0 ? rest : rest[..end];
    }
}
