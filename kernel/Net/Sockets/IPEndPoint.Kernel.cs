using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Guest.Net.Wire;

namespace System.Net;

/// <summary>An IP address and a port.</summary>
public class IPEndPoint : EndPoint
{
    /// <summary>The lowest port: 0.</summary>
    public const int MinPort = 0;

    /// <summary>The highest port: 65,535.</summary>
    public const int MaxPort = 65_535;

    private int _port;

    /// <summary>Makes one.</summary>
    public IPEndPoint(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        Port = port;
    }

    /// <summary>Makes one; see <see cref="IPAddress(long)"/>.</summary>
    public IPEndPoint(long address, int port)
        : this(new IPAddress(address), port)
    {
    }

    /// <summary>The address.</summary>
    public IPAddress Address { get; set; }

    /// <summary>The port.</summary>
    public int Port
    {
        get => _port;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxPort);
            _port = value;
        }
    }

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => Address.AddressFamily;

    /// <inheritdoc/>
    public override SocketAddress Serialize()
    {
        SocketAddress serialized = new(AddressFamily);
        if (AddressFamily == AddressFamily.InterNetworkV6)
            serialized.SetIpv6(Address.Value, BigEndian16.From(_port));
        else
            serialized.Set(Address.Value, BigEndian16.From(_port));
        return serialized;
    }

    /// <inheritdoc/>
    public override EndPoint Create(SocketAddress socketAddress)
    {
        ArgumentNullException.ThrowIfNull(socketAddress);
        bool isIpv6 = socketAddress.TryGetIpv6(out IpAddress address, out BigEndian16 port);
        if (!isIpv6 && !socketAddress.TryGet(out address, out port))
            throw new ArgumentException("not an IP address");
        return new IPEndPoint(new IPAddress(address, isIpv6), port.Value);
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? comparand) =>
        comparand is IPEndPoint other && other._port == _port && other.Address.Equals(Address);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode() ^ _port;

    /// <inheritdoc/>
    public override string ToString() => AddressFamily == AddressFamily.InterNetworkV6
        ? string.Concat("[", Address.ToString(), "]:", _port.ToString())
        : string.Concat(Address.ToString(), ":", _port.ToString());
}
