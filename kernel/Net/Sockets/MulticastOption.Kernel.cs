namespace System.Net.Sockets;

/// <summary>A group of IPv4, and the interface on which it is joined or left.</summary>
public class MulticastOption
{
    /// <summary>A group on the interface that leads to it.</summary>
    public MulticastOption(IPAddress group) => Group = group;

    /// <summary>A group on the interface that has an address.</summary>
    public MulticastOption(IPAddress group, IPAddress mcint)
    {
        Group = group;
        LocalAddress = mcint;
    }

    /// <summary>A group on an interface by its number, from 1 on.</summary>
    public MulticastOption(IPAddress group, int interfaceIndex)
    {
        Group = group;
        InterfaceIndex = interfaceIndex;
    }

    /// <summary>The group.</summary>
    public IPAddress Group { get; set; }

    /// <summary>The interface's address; null for none that is named.</summary>
    public IPAddress? LocalAddress { get; set; }

    /// <summary>The interface's number; 0 for none that is named.</summary>
    public int InterfaceIndex { get; set; }
}
