using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Guest.Hosted;

/// <summary>The kernel's forms of socket calls that return their error, where the BCL only throws: an application that uses them runs
/// on Linux too.</summary>
internal static class SocketErrors
{
    private const int Failed = -1;

    /// <summary>Receives a datagram and says who sent it.</summary>
    /// <returns>Bytes put into <paramref name="buffer"/>; -1 for none in time.</returns>
    public static int ReceiveFrom(this Socket socket, Span<byte> buffer, SocketFlags socketFlags, SocketAddress receivedAddress, out SocketError errorCode)
    {
        try
        {
            errorCode = SocketError.Success;
            return socket.ReceiveFrom(buffer, socketFlags, receivedAddress);
        }
        catch (SocketException failure)
        {
            errorCode = failure.SocketErrorCode;
            return Failed;
        }
    }

    /// <summary>Sends a datagram, and says whether it left.</summary>
    /// <returns>The payload's length; -1 if it was not sent.</returns>
    public static int SendTo(this Socket socket, ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress, out SocketError errorCode)
    {
        try
        {
            errorCode = SocketError.Success;
            return socket.SendTo(buffer, socketFlags, socketAddress);
        }
        catch (SocketException failure)
        {
            errorCode = failure.SocketErrorCode;
            return Failed;
        }
    }

    /// <summary>Takes an address and a port of this host, if it has them.</summary>
    public static void Bind(this Socket socket, EndPoint localEP, out SocketError errorCode)
    {
        try
        {
            errorCode = SocketError.Success;
            socket.Bind(localEP);
        }
        catch (SocketException failure)
        {
            errorCode = failure.SocketErrorCode;
        }
    }

    /// <summary>Connects to one host and port, if that is possible.</summary>
    public static bool TryConnect(this Socket socket, EndPoint remoteEP, out SocketError errorCode) =>
        Try(() => socket.Connect(remoteEP), out errorCode);

    /// <summary>Sets an option whose value is an object, if that is possible.</summary>
    public static bool TrySetSocketOption(this Socket socket, SocketOptionLevel optionLevel, SocketOptionName optionName, object optionValue, out SocketError errorCode) =>
        Try(() => socket.SetSocketOption(optionLevel, optionName, optionValue), out errorCode);

    /// <summary>Connects to one port of a host by its name, if that is possible.</summary>
    public static bool TryConnect(this Socket socket, string host, int port, out SocketError errorCode) =>
        Try(() => socket.Connect(host, port), out errorCode);

    /// <inheritdoc cref="TryConnect(Socket, string, int, out SocketError)"/>
    public static bool TryConnect(this TcpClient client, string hostname, int port, out SocketError errorCode) =>
        Try(() => client.Connect(hostname, port), out errorCode);

    /// <inheritdoc cref="TryConnect(Socket, string, int, out SocketError)"/>
    public static bool TryConnect(this UdpClient client, string hostname, int port, out SocketError errorCode) =>
        Try(() => client.Connect(hostname, port), out errorCode);

    private static bool Try(Action call, out SocketError errorCode)
    {
        try
        {
            call();
            errorCode = SocketError.Success;
        }
        catch (SocketException failure)
        {
            errorCode = failure.SocketErrorCode;
        }

        return errorCode == SocketError.Success;
    }

    /// <summary>Takes a connection that came, if there is one.</summary>
    public static bool TryAccept(this Socket socket, [NotNullWhen(true)] out Socket? accepted, out SocketError errorCode)
    {
        try
        {
            accepted = socket.Accept();
            errorCode = SocketError.Success;
        }
        catch (SocketException failure)
        {
            accepted = null;
            errorCode = failure.SocketErrorCode;
        }

        return accepted is not null;
    }

    /// <summary>Ends one direction, or both, if the other end is still there.</summary>
    public static bool TryShutdown(this Socket socket, SocketShutdown how, out SocketError errorCode)
    {
        try
        {
            socket.Shutdown(how);
            errorCode = SocketError.Success;
        }
        catch (SocketException failure)
        {
            errorCode = failure.SocketErrorCode;
        }

        return errorCode == SocketError.Success;
    }
}
