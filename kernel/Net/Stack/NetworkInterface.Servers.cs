namespace Guest.Net.Stack;

/// <summary>The servers that an interface's network has, as far as anybody says.</summary>
public sealed partial class NetworkInterface
{
    /// <summary>The name servers that the command line says; none for those that the network itself says.</summary>
    internal AddressList FixedNameServers { get; private set; }

    /// <summary>The name servers that routers say.</summary>
    internal AddressList AdvertisedNameServers => Ipv6?.Routers.NameServers ?? default;

    /// <summary>The name servers that are asked: of the command line, or of a DHCP server and then of routers.</summary>
    public AddressList NameServers
    {
        get
        {
            if (FixedNameServers.Count != 0)
                return FixedNameServers;
            AddressList servers = Settings.NameServers;
            AddressList advertised = AdvertisedNameServers;
            for (int i = 0; i < advertised.Count; i++)
                servers.Add(advertised[i]);
            return servers;
        }
    }

    /// <summary>The time servers that a DHCP server says.</summary>
    public AddressList TimeServers => Settings.TimeServers;
}
