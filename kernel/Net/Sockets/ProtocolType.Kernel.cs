namespace System.Net.Sockets;

/// <summary>Which protocol a socket speaks; the BCL's values. Of <see cref="AddressFamily.Packet"/> it is an EtherType in transmission order, as on Linux.</summary>
public enum ProtocolType
{
    /// <summary>None known.</summary>
    Unknown = -1,

    /// <summary>The one that goes with the socket's type.</summary>
    Unspecified = 0,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,
}
