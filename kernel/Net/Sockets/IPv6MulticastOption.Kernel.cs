namespace System.Net.Sockets;

/// <summary>A group of IPv6, and the interface on which it is joined or left.</summary>
public class IPv6MulticastOption
{
    /// <summary>A group on the interface that leads to it.</summary>
    public IPv6MulticastOption(IPAddress group)
        : this(group, 0)
    {
    }

    /// <summary>A group on an interface by its number, from 1 on; 0 for the one that leads to it.</summary>
    public IPv6MulticastOption(IPAddress group, long ifindex)
    {
        Group = group;
        InterfaceIndex = ifindex;
    }

    /// <summary>The group.</summary>
    public IPAddress Group { get; set; }

    /// <summary>The interface's number; 0 for none that is named.</summary>
    public long InterfaceIndex { get; set; }
}
